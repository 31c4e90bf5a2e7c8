var.list[*]
var.numbers[*]
var.set[*]
var.map[*]
var.object[*]
var.object[*].name
var.objects[*]
var.objects[*].name
var.objects[*].nested.x
var.objects[*].nested
var.objects[*].members
var.objects[*].members[*]
var.objects[*].members[0]
var.objects[*].nope
var.objects[*]["name"]
var.objects.*.name
var.objects.*.nested.x
var.objects.*.members
var.objects.*.members.0
var.objects.*.members[0]
var.objects.*.name[0]
var.objects[*].name[0]
var.tuple[*]
var.tuple.*
[{a = 1}, {a = "x"}][*].a
[{a = 1}, {b = 2}][*].a
[{a = {b = 1}}][*].a.b
[{a = [1, 2]}][*].a[1]
[{a = [1, 2]}, {a = [3]}][*].a[*]
[[1, 2], [3]][*][0]
[[1, 2], []][*][0]
[1, 2][*]
[][*]
[][*].a
tolist([])[*].a
var.empty_list[*]
null[*]
null[*].a
null.*.a
var.null_any[*]
var.null_string[*]
var.null_object[*]
var.null_object[*].a
var.null_list[*]
tolist(null)[*]
"a"[*]
"a"[*].b
1[*]
(1)[*]
true[*]
{a = 1}[*]
{a = 1}[*].a
{a = 1}[*].b
{a = 1}.*.a
toset([{a = 1}, {a = 2}])[*].a
toset([{a = "x"}, {a = "x"}])[*].a
tomap({x = {a = 1}})[*].x.a
tomap({x = {a = 1}})[*]
local.people[*].name
local.people[*].age
local.people.*.name
local.people[*].nope
local.teams[*].core.members
local.teams.core[*].members
local.teams.core.members[*]
values(local.teams)[*].members
values(local.teams)[*].lead
values(local.teams)[*].members[*]
[for t in values(local.teams) : t.members[*]]
var.objects[*].name == ["ops", "dev"]
length(var.objects[*].name)
join(",", var.objects[*].name)
"${var.objects[*].name}"
var.string[*][0]
var.string[*].x
var.objects[0][*].name
var.objects[0].members[*]
tolist([{a = [1]}, {a = []}])[*].a[*]
tolist([{a = "x"}])[*].a[*]
tolist([{a = tostring(null)}, {a = "x"}])[*].a[*]
[{a = null}, {a = "x"}][*].a[*]
nope[*].x
var.nope[*]
