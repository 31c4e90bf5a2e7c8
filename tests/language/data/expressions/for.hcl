[for x in [1, 2, 3] : x]
[for x in [1, 2, 3] : x * 2]
[for x in [] : x]
[for i, x in ["a", "b"] : i]
[for i, x in ["a", "b"] : "${i}=${x}"]
[for k, v in {b = 1, a = 2} : "${k}=${v}"]
[for v in {b = 1, a = 2} : v]
[for x in var.list : upper(x)]
[for x in var.set : x]
[for k, x in var.set : k]
[for k, v in var.map : k]
[for k, v in var.map : v]
[for k, v in var.object : k]
[for x in var.tuple : x]
[for x in toset([3, 1, 2]) : x]
[for x in toset(["b", "a"]) : x]
[for x in [1, 2, 3, 4] : x if x % 2 == 0]
[for x in [1, 2, 3] : x if false]
[for x in [1, 2, 3] : x if "true"]
[for x in [1, 2, 3] : x if x]
[for x in ["true", "false"] : x if x]
[for x in [true, false] : x if x]
[for x in [1] : x if null]
[for x in [null] : x if x]
[for x in [] : x if null]
[for x in [] : x if "no"]
[for x in [] : x if nope]
[for x in [] : nope]
[for x in [1] : nope]
[for x in [1] : x if 1]
[for x in [1] : x if []]
[for x in null : x]
[for x in var.null_list : x]
[for x in var.null_string : x]
[for x in "abc" : x]
[for x in 1 : x]
[for x in true : x]
[for x in var.string : x]
[for x in nope : x]
[for x in [1, "a", null] : x]
[for x in [[1, 2], [3]] : [for y in x : y * 10]]
[for x in [[1, 2], [3]] : [for x in x : x]]
[for x in var.list : [for y in var.numbers : "${x}${y}"]]
[for x in var.objects : x.name]
[for x in var.objects : x.members[0] if length(x.members) > 0]
[for x in var.objects : x.nope]
[for x in local.people : x.name if x.age > 30]
[for k, v in local.teams : k if v.lead != null]
[for k, v in local.teams : v.members]
[for k, v in local.teams : {(k) = v.lead}]
[for x in [1, 2] : {a = x}]
[for x in [1, 2] : null]
[for x in [1, 2] : x == 1 ? "a" : 2]
[for x in [1, 2] : var.string]
[for var in [1, 2] : var]
[for x, x in ["a", "b"] : x]
{for x in ["a", "b"] : x => upper(x)}
{for i, x in ["a", "b"] : x => i}
{for i, x in ["a", "b"] : i => x}
{for k, v in var.map : v => k}
{for k, v in {b = 1, a = 2} : k => v}
{for x in [] : x => x}
{for x in ["a", "a"] : x => x}
{for x in ["a", "a"] : x => x...}
{for x in ["a", "b", "a"] : x => 1...}
{for p in local.people : p.age => p.name...}
{for p in local.people : p.age => p.name}
{for p in local.people : p.name => p.age}
{for p in local.people : p.name => p if p.age < 30}
{for p in local.people : p.age => p.name... if p.name != "Bob"}
{for x in var.set : x => "v"}
{for i, x in var.list : x => i}
{for k, v in local.teams : k => length(v.members)}
{for k, v in local.teams : k => v if v.lead != null}
{for k, v in var.object_map : k => v.id}
{for k, v in var.object_map : k => v if v.on}
{for k, v in var.object_map : v.id => k}
{for x in [1, 2] : x => x}
{for x in [true, false] : x => x}
{for x in [1.5] : x => x}
{for x in [null] : x => 1}
{for x in [[]] : x => 1}
{for x in [{}] : x => 1}
{for x in ["a"] : null => x}
{for x in ["a"] : x => nope}
{for x in ["a"] : nope => x}
{for x in ["a"] : x => x if nope}
{for x in null : x => x}
{for x in "a" : x => x}
{for x in ["z", "y", "x"] : x => null}
{for x in ["z", "y", "x"] : "${x}!" => x}
{for x in ["a"] : x => x...}
{for s in ["ab", "ac", "b"] : substr(s, 0, 1) => s...}
{for k, v in {a = 1} : (k) => v}
{for k, v in {a = 1} : k => {for i, j in {b = v} : i => j}}
[for x in var.null_any : x]
[for i, x in tolist([]) : x]
[for i, x in var.empty_map : x]
[for x in [for y in [1, 2, 3] : y + 1] : x + 1]
[for x in [1, 2, 3] : x if x > 1 && x < 3]
[for x in [1, 2, 3] : x if x > 1 ? true : false]
[for x in concat([1], [2]) : x]
[for f in ["a"] : {name = f, list = [f]}][0].name
[for x in var.list : x][0]
{for x in var.list : x => x}["a"]
{for x in var.list : x => x}.a
[for i in range(3) : i]
[for i in range(3) : i * i if i > 0]
[for x in ["a"]: x]
[ for x in ["a"] : x ]
[for in [1] : x]
[for x of [1] : x]
[for x in [1] x]
[for x in [1] : ]
{for x in [1] : x}
{for x in [1] : x => }
[for x in [1] : x => x]
[for x in [1] : x...]
[for x, y, z in [1] : x]
