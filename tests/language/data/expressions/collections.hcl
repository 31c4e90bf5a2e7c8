[]
[1]
[1,]
[1, 2, 3]
["a", 1, true, null]
[[], [[]]]
[1, [2, [3]]]
{}
{a = 1}
{a : 1}
{"a" = 1}
{"a" : 1, "b" : 2}
{a = 1, b = 2,}
{b = 1, a = 2}
{a = 1, a = 2}
{a = 1, "a" = 2}
{1 = "x"}
{1.50 = "x"}
{true = "x", null = "y"}
{(true) = "x"}
{(1) = "x"}
{(1 + 1) = "x"}
{(null) = "x"}
{([]) = "x"}
{({}) = "x"}
{(var.string) = 1}
{(var.null_string) = 1}
{"${var.string}" = 1}
{"${var.string}-x" = 1}
{"a b" = 1}
{"é" = 1, "z" = 2, "Z" = 3, "_" = 4, "10" = 5, "9" = 6}
{a-b = 1}
{var.string = 1}
{local.one = 1}
{a.b = 1}
{a[0] = 1}
{upper("a") = 1}
{a = 1 b = 2}
{a}
{= 1}
{a = }
[1 2]
[1,,2]
[,]
{a = [1, {b = null}], c = {}}
{a = var.nope, b = local.nope}
[var.nope, local.nope]
var.list
var.numbers
var.set
var.map
var.object
var.objects
var.object_map
var.tuple
var.anything
var.any_list
var.empty_list
var.empty_map
var.null_list
var.null_object
var.null_string
var.null_any
local.teams
local.people
local.tuple
tolist([])
tolist([1, 2])
tolist([1, "a"])
tolist([1, true])
tolist([1, "a", true, null])
tolist([null])
tolist([null, 1])
tolist([[1], ["a"]])
tolist([[1], [1, 2]])
tolist([{a = 1}, {a = "x"}])
tolist([{a = 1}, {b = 2}])
tolist([{a = 1}, {b = "x"}])
tolist([{a = 1, b = []}, {a = 2}])
tolist([[], {}])
tolist({})
tolist("x")
tolist(var.set)
tolist(var.list)
tolist(null)
toset([3, 1, 2, 1])
toset(["b", "a", "b"])
toset([1, "1", true])
toset(["a", 1])
toset([[2], [1], [2]])
toset([{a = 2}, {a = 1}, {a = 10}])
toset([{a = "b"}, {a = "a"}])
toset([[1, 2], [1]])
toset([["b", "c"], ["a"]])
toset([null, "a"])
toset([true, false])
toset(var.list)
toset(var.numbers)
toset("x")
toset({})
toset([10, 9, 100, -1, 1.5])
toset([[10], [9], [100]])
toset(["é", "e", "z", "Z", "10", "9"])
toset([["a\nb"], ["a b"], ["a\"b"]])
toset([{a = null}, {a = "x"}])
toset([{a = 1, b = true}, {a = 1, b = false}])
toset([var.map, {a = "x", b = "y"}])
tomap({})
tomap({a = 1, b = 2})
tomap({a = 1, b = "x"})
tomap({a = 1, b = true})
tomap({a = [1], b = ["x"]})
tomap({a = [1], b = []})
tomap({a = {x = 1}, b = {x = "y"}})
tomap({a = {x = 1}, b = {y = 1}})
tomap({a = {x = 1}, b = {y = "z"}})
tomap({a = null})
tomap({a = 1, b = null})
tomap({a = 1, b = []})
tomap([])
tomap("x")
tomap(var.map)
tomap(var.object)
tomap(null)
tostring(1)
tostring(1.50)
tostring(true)
tostring("x")
tostring(null)
tostring([])
tostring({})
tonumber("1")
tonumber("1.50")
tonumber("1e3")
tonumber(".5")
tonumber("5.")
tonumber("+5")
tonumber("-5")
tonumber("1p3")
tonumber("Inf")
tonumber("inf")
tonumber("infinity")
tonumber("NaN")
tonumber("x")
tonumber("")
tonumber(" 1")
tonumber("1 ")
tonumber("0x10")
tonumber("1_000")
tonumber("١")
tonumber(true)
tonumber(null)
tonumber([])
tobool("true")
tobool("false")
tobool("True")
tobool("1")
tobool("0")
tobool("yes")
tobool("")
tobool(1)
tobool(0)
tobool(true)
tobool(null)
tobool([])
