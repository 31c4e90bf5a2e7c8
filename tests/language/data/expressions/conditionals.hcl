true ? 1 : 2
false ? 1 : 2
true ? "a" : "b"
true ? 1 : "a"
false ? 1 : "a"
true ? true : "a"
true ? true : 1
true ? "true" : true
true ? null : 1
false ? null : 1
true ? null : null
true ? 1 : null
false ? 1 : null
false ? "a" : null
[true ? null : 1]
[true ? null : "x"]
[false ? [1] : null]
true ? [] : null
true ? [] : []
true ? [1] : []
false ? [1] : []
true ? [1] : [2]
true ? [1] : ["a"]
false ? [1] : ["a"]
true ? [1] : [true]
true ? [1, 2] : [1]
true ? [1, "a"] : [1]
true ? [1, "a"] : ["b", 2]
true ? [1, true] : [1]
true ? [[1]] : [["a"]]
true ? [[1], [2]] : [["a"]]
true ? {} : {}
true ? {} : {a = 1}
false ? {} : {a = 1}
true ? {a = 1} : {}
true ? {a = 1} : {a = "x"}
true ? {a = 1} : {b = 1}
true ? {a = 1} : {b = "x"}
true ? {a = 1, b = "x"} : {a = 2}
true ? {a = 1, b = true} : {a = 2}
true ? {a = [1]} : {a = ["x"]}
true ? {a = [1]} : {a = []}
true ? {a = {}} : {a = {b = 1}}
true ? {a = null} : {a = "x"}
false ? {a = null} : {a = "x"}
true ? {a = [1]} : {a = {}}
true ? [] : {}
true ? {} : []
true ? 1 : []
true ? "a" : []
true ? "a" : {}
true ? [1] : {a = 1}
true ? var.list : []
false ? var.list : []
true ? var.list : [1]
true ? var.list : [1, true]
true ? [1] : var.list
true ? var.list : var.numbers
true ? var.numbers : var.list
true ? var.list : var.set
true ? var.set : var.list
true ? var.set : ["x"]
true ? ["x"] : var.set
true ? var.map : {}
true ? {} : var.map
true ? var.map : {c = 3}
true ? {c = 3} : var.map
true ? {c = []} : var.map
true ? var.map : var.empty_map
true ? var.empty_map : var.map
true ? var.map : var.list
true ? var.list : "x"
true ? var.object : {name = "x"}
true ? var.object : {}
true ? var.object : var.map
true ? var.objects : []
true ? var.objects : [{name = "x", members = [], nested = null}]
true ? [] : var.objects
true ? var.tuple : ["a", 1, true]
true ? var.tuple : ["a", "1", "true"]
true ? var.tuple : []
true ? var.anything : 1
true ? var.null_any : 1
true ? var.null_string : 1
true ? var.null_string : "x"
true ? 1 : var.null_string
[true ? var.null_string : 1]
true ? tolist([]) : tolist(["a"])
true ? tolist([]) : tolist([1])
true ? toset([]) : toset(["a"])
true ? tomap({}) : tomap({a = 1})
true ? tolist([{a = 1}]) : tolist([{b = 1}])
true ? tomap({a = {x = 1}}) : tomap({a = {y = 1}})
true ? tolist([["a"]]) : tolist([[1, 2]])
true ? [{a = 1}] : [{b = 1}]
true ? [1] : [[1]]
true ? {a = 1, b = 2} : {a = "x", c = []}
true ? {a = {b = {c = 1}}} : {a = {b = {c = []}}}
"true" ? 1 : 2
"false" ? 1 : 2
"1" ? 1 : 2
"0" ? 1 : 2
"x" ? 1 : 2
"" ? 1 : 2
1 ? 1 : 2
0 ? 1 : 2
null ? 1 : 2
[] ? 1 : 2
{} ? 1 : 2
var.bool ? "on" : "off"
var.string == "hello" ? "hi" : "bye"
true ? nope : 1
true ? 1 : nope
true ? [][0] : 1
true ? 1 : [][0]
false ? [][0] : 1
[][0] ? 1 : 2
true ? var.nope : 1
true ? 1 : var.nope
true ? 1 : local.object.nope
true ? local.object.nope : 1
true ? true ? 1 : 2 : 3
true ? false ? 1 : 2 : 3
false ? 1 : true ? 2 : 3
false ? 1 : false ? 2 : 3
true ? 1 : true ? "a" : "b"
(true ? 1 : 2) + 1
true ? 1 : 2 + 1
true || false ? 1 : 2
1 > 2 ? "gt" : 1 == 2 ? "eq" : "lt"
true ? 1
true ? 1 :
true ? : 2
