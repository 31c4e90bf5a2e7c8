var.string
var.nope
var.strin
local.one
local.nope
local.objekt
nope
nope.x
nope.x.y
var
local
path.module
path.nope
var.list[0]
var.list[2]
var.list[3]
var.list[4]
var.list[-1]
var.list[1.5]
var.list[1.0]
var.list["1"]
var.list["x"]
var.list[""]
var.list[true]
var.list[null]
var.list[[]]
var.list[{}]
var.list[var.numbers[1]]
var.list[1e100]
var.list.0
var.list.3
var.list.x
var.list.0.x
var.list[0].x
var.list[0][0]
var.empty_list[0]
var.set[0]
var.set["a"]
var.set.a
var.map["a"]
var.map["zz"]
var.map.a
var.map.zz
var.map[0]
var.map[1]
var.map[null]
var.map[[]]
var.map["a"]["b"]
var.map.a.b
var.empty_map.x
var.object.name
var.object["name"]
var.object.nope
var.object["nope"]
var.object.nam
var.object[0]
var.object[null]
var.object[[]]
var.object[true]
var.object.tags
var.object.tags.x
var.object.enabled
var.objects[0].name
var.objects[0]["name"]
var.objects[1].nested.y
var.objects[0].members[1]
var.objects.name
var.objects.nope
var.objects["name"]
var.objects[0].nope
var.object_map.one.id
var.object_map["two"].on
var.object_map["three"].on
var.object_map.one.nope
var.tuple[0]
var.tuple[1]
var.tuple[3]
var.tuple[4]
var.tuple[-1]
var.tuple["0"]
var.tuple["x"]
var.tuple.0
var.tuple.9
var.tuple.x
var.anything.a[2].three
var.anything.a.2.three
var.anything.b
var.anything.b.c
var.anything.c
var.string.x
var.string[0]
var.number.x
var.number[0]
var.bool.x
var.null_string.x
var.null_string[0]
var.null_list[0]
var.null_list.x
var.null_object.a
var.null_object["a"]
var.null_any.x
var.null_any[0]
null.x
null[0]
"x".y
"x"[0]
true.x
1.x
[1, 2][0]
[1, 2][1]
[1, 2][2]
[1, 2][3]
[1, 2].0
[][0]
[][1]
{a = 1}.a
{a = 1}["a"]
{a = 1}.b
{a = 1}["b"]
{a = 1}[0]
{"0" = 1}[0]
{"a b" = 1}["a b"]
{"x.y" = 1}["x.y"]
{a = {b = {c = 1}}}.a.b.c
{a = [{b = 1}]}.a[0].b
({a = 1}).a
(var.object).name
(var.list)[0]
[{a = 1}][0].a
[[1, 2], [3]][0][1]
local.teams.core.members[0]
local.teams["web"]["members"]
local.teams["web"].members[0]
local.teams["nope"].members
local.object.list[0]
local.object.list.1
local.object.inner.deep
local.object.inner.deeper
local.people[0].name
local.people.0.name
local.people[0].nme
local.tuple[3]
local.tuple[3].x
toset([{a = 1}]).a
toset([1])[0]
tolist([{a = 1}]).a
tolist([{a = 1}])[0].a
tomap({a = 1})["a"]
tomap({a = {b = 1}}).a.b
tomap({a = 1}).b
tomap({a = 1})["b"]
tostring("x").y
var.objects[0].members[9]
var.objects[9].members
var["string"]
var[0]
local["one"]
