terraform_data.unknown
terraform_data.unknown.id
terraform_data.unknown.output
terraform_data.unknown.output.a.b
terraform_data.unknown.output[0]
terraform_data.unknown["id"]
terraform_data.many
terraform_data.many[0].id
terraform_data.many[*].id
terraform_data.each["a"].id
[terraform_data.unknown.id]
{a = terraform_data.unknown.id}
local.unknown_string
local.unknown_number
local.unknown_bool
local.unknown_list
local.unknown_set
local.unknown_map
local.partly_list
local.partly_object
local.partly_list[0]
local.partly_list[1]
local.partly_list[2]
local.partly_object.known
local.partly_object.later
local.partly_object.nope
"${local.unknown_string}"
"a${local.unknown_string}b"
"${local.unknown_number}"
"a${local.unknown_bool}"
"a${local.unknown_list}"
"a${local.partly_list}"
local.unknown_string == "a"
local.unknown_string == null
local.unknown_string != null
"a${local.unknown_string}" == null
"a${local.unknown_string}" != null
local.unknown_number == 1
local.unknown_number == "1"
local.unknown_string == 1
local.unknown_list == []
local.unknown_list == tolist([])
local.unknown_list == null
local.partly_list == ["known", "x"]
local.partly_list == ["other", "x"]
local.partly_list == ["known", 1]
local.partly_list == ["known"]
local.partly_list == null
[local.unknown_number, 1] == [1, 1]
local.partly_object == {known = "k", later = "x"}
local.partly_object == {known = "j", later = "x"}
local.partly_object == {known = "k"}
terraform_data.unknown.output == 1
terraform_data.unknown.output == null
[terraform_data.unknown.output] == [1]
[terraform_data.unknown.output] == [1, 2]
[terraform_data.unknown.output] == 1
[terraform_data.unknown.output] == {}
local.unknown_number + 1
local.unknown_number * 0
-local.unknown_number
local.unknown_number > 1
local.unknown_string + 1
local.unknown_bool + 1
local.unknown_list + 1
!local.unknown_bool
!local.unknown_string
!local.unknown_number
local.unknown_bool && true
local.unknown_bool && false
local.unknown_bool || true
local.unknown_bool || false
true || local.unknown_bool
false && local.unknown_bool
local.unknown_bool && null
(local.unknown_number > 1) == null
(local.unknown_number + 1) == null
(!local.unknown_bool) == null
(local.unknown_string == "a") == null
local.unknown_bool ? 1 : 2
local.unknown_bool ? 1 : "a"
local.unknown_bool ? 1 : null
local.unknown_bool ? null : null
local.unknown_bool ? [1] : {}
local.unknown_bool ? nope : 1
local.unknown_bool ? [][0] : 1
(local.unknown_bool ? 1 : 2) == null
(local.unknown_bool ? 1 : null) == null
local.unknown_string ? 1 : 2
local.unknown_number ? 1 : 2
local.unknown_list ? 1 : 2
true ? local.unknown_string : "a"
false ? local.unknown_string : "a"
false ? local.unknown_string : 1
false ? terraform_data.unknown.output : 1
false ? terraform_data.unknown.output : [1]
false ? local.unknown_list : []
false ? local.unknown_list : [1]
false ? local.unknown_map : {}
true ? local.partly_list : ["a", "b"]
local.unknown_list[0]
local.unknown_list["x"]
local.unknown_list[-1]
local.unknown_list.x
local.unknown_map.a
local.unknown_map["a"]
local.unknown_map[0]
local.unknown_map[[]]
local.unknown_set[0]
local.unknown_string[0]
local.unknown_string.x
var.list[local.unknown_number]
var.list[local.unknown_string]
var.list[local.unknown_bool]
var.list[terraform_data.unknown.output]
var.map[local.unknown_string]
var.map[local.unknown_list]
var.object[local.unknown_string]
var.tuple[local.unknown_number]
null[local.unknown_string]
[for x in local.unknown_list : x]
{for x in local.unknown_list : x => x}
[for x in local.unknown_string : x]
[for x in local.unknown_number : x]
[for x in terraform_data.unknown.output : x]
[for x in local.partly_list : x]
[for x in local.partly_list : "${x}!"]
[for x in local.partly_list : 1]
[for x in local.partly_list : x if x == "known"]
[for x in [1, 2] : x if local.unknown_bool]
[for x in [] : x if local.unknown_bool]
[for x in [1] : x if local.unknown_list]
{for x in local.partly_list : x => 1}
{for k, v in local.partly_object : k => v}
{for k, v in local.partly_object : v => k}
{for k, v in local.partly_object : v => k...}
{(local.unknown_string) = 1}
{(local.unknown_list) = 1}
{"${local.unknown_string}-a" = 1, b = 2}
{(local.unknown_string) = nope}
local.unknown_string[*]
("a${local.unknown_string}")[*]
local.unknown_list[*]
local.unknown_set[*]
local.unknown_list[*].x
local.unknown_map[*]
terraform_data.unknown.output[*]
terraform_data.unknown.output[*].a
local.partly_list[*]
toset(local.partly_list)
tolist(toset(local.partly_list))
toset(local.partly_list) == toset(["known"])
[for x in toset(local.partly_list) : x]
length(toset(local.partly_list))
tolist(local.partly_list)
tomap(local.partly_object)
tostring(local.unknown_number)
tonumber(local.unknown_string)
tonumber(local.unknown_list)
"%{if local.unknown_bool}a%{else}b%{endif}"
"%{for x in local.unknown_list}${x}%{endfor}"
"%{for x in local.partly_list}${x}%{endfor}"
"%{if true}${local.unknown_string}%{endif}"
upper(local.unknown_string)
length(local.unknown_list)
length(local.partly_list)
concat(local.unknown_list, ["a"])
max(local.unknown_number, 1)
max([local.unknown_number]...)
max(local.unknown_list...)
max(terraform_data.unknown.output...)
max(local.unknown_string...)
"a-${local.unknown_string}" == "b-"
"a-${local.unknown_string}" == "a"
"a-${local.unknown_string}" == "a-b"
"a${local.unknown_string}" == "b"
"a-${local.unknown_string}" != "b-"
"é-${local.unknown_string}" == "x"
"${local.unknown_string}a" == "b"
"a-${"b-${local.unknown_string}"}" == "a-c-"
startswith("abc-${local.unknown_string}", "abc")
startswith("abc-${local.unknown_string}", "abc-")
startswith("abc-${local.unknown_string}", "abc-d")
startswith("abc${local.unknown_string}", "abc")
startswith("abc${local.unknown_string}", "ab")
startswith("abc-${local.unknown_string}", "x")
startswith(local.unknown_string, "")
