var.secret
var.secret_number
var.secret_bool
var.secret_list
var.secret_map
var.secret_object
var.secret_list[0]
var.secret_list[5]
var.secret_list["x"]
var.secret_map.a
var.secret_map["zz"]
var.secret_map.zz
var.secret_object.name
var.secret_object.nope
var.secret_object["nope"]
var.secret.x
var.secret[0]
[var.secret]
[var.secret][0]
{a = var.secret}
{a = var.secret, b = 1}.b
{a = var.secret}.a
{(var.secret) = 1}
{"${var.secret}" = 1}
{(var.secret) = 1, b = 2}.b
local.mixed
local.mixed.public
local.mixed.private
local.mixed_list
local.mixed_list[0]
local.mixed_list[1]
local.secret_keys
local.secret_keys.hello
"${var.secret}"
"a${var.secret}b"
"a${var.secret_number}"
"a${var.secret_list}"
var.secret == "hunter2"
var.secret == null
var.secret == var.secret
var.secret != "a"
local.mixed == local.mixed
local.mixed == null
local.mixed_list == []
var.secret_list == null
var.secret_number + 1
-var.secret_number
var.secret_number > 1
var.secret_number / 0
var.secret + 1
!var.secret_bool
var.secret_bool && true
var.secret_bool || false
var.secret_number && true
var.secret_bool ? 1 : 2
var.secret_bool ? "a" : 2
var.secret ? 1 : 2
true ? var.secret : "x"
false ? var.secret : "x"
true ? "x" : var.secret
true ? 1 : var.secret
true ? [var.secret] : ["x"]
false ? [var.secret] : ["x"]
true ? local.mixed : {public = "a", private = "b"}
true ? "x" : local.mixed.public
var.list[var.secret_number]
var.numbers[var.secret_number - 41]
var.map[var.secret]
var.object[var.secret]
{a = 1}[var.secret]
[for x in var.secret_list : x]
[for x in var.secret_list : 1]
{for x in var.secret_list : x => 1}
{for k, v in var.secret_map : k => v}
[for x in local.mixed_list : x]
[for x in local.mixed_list : x if true]
[for x in local.mixed_list : x if x != "p"]
[for x in [1, 2] : x if var.secret_bool]
[for x in [1, 2] : var.secret]
[for x in [1] : x if var.secret]
{for x in local.mixed_list : x => 1}
{for x in ["a"] : x => var.secret}
{for x in ["a"] : x => var.secret...}
{for k, v in local.mixed : k => v}
{for k, v in local.mixed : v => k}
[for x in var.secret : x]
[for x in var.secret_object : x]
var.secret[*]
var.secret_list[*]
var.secret_object[*].name
local.mixed_list[*]
[local.mixed][*].private
[local.mixed][*].public
toset(local.mixed_list)
tolist(local.mixed_list)
tomap(local.mixed)
toset(var.secret_list)
tostring(var.secret_number)
tonumber(var.secret)
tolist([var.secret, 1])
"%{if var.secret_bool}a%{endif}"
"%{if true}${var.secret}%{endif}"
"%{for x in var.secret_list}${x}%{endfor}"
"%{for x in local.mixed_list}${x}%{endfor}"
upper(var.secret)
length(var.secret_list)
length(local.mixed_list)
concat(local.mixed_list, ["x"])
concat(var.secret_list, ["x"])
merge(local.mixed, {c = 1})
keys(local.mixed)
values(local.mixed)
max(1, var.secret_number)
max(var.secret_list...)
max([var.secret_number, 1]...)
sensitive("x")
[sensitive("x"), "y"]
sensitive(null)
[sensitive(null)]
sensitive(sensitive(1))
nonsensitive(var.secret)
nonsensitive("x")
nonsensitive(local.mixed)
issensitive(var.secret)
issensitive(local.mixed)
issensitive(local.mixed.public)
issensitive(var.string)
sensitive(local.unknown_string)
[local.secret_unknown]
local.secret_unknown
sensitive({a = 1}).a
sensitive([1, 2])[0]
sensitive("a") == sensitive("a")
