string <- "a"
string <- 1
string <- 1.50
string <- true
string <- null
string <- []
string <- {}
number <- 1
number <- "1"
number <- "1.5e2"
number <- "x"
number <- ""
number <- true
number <- null
number <- []
bool <- true
bool <- "true"
bool <- "True"
bool <- "FALSE"
bool <- "1"
bool <- 1
bool <- "yes"
bool <- null
any <- 1
any <- [1, "a"]
any <- {a = 1, b = "x"}
any <- null
list(string) <- ["a", 1, true]
list(string) <- []
list(string) <- null
list(string) <- "a"
list(string) <- {}
list(string) <- ["a", null]
list(string) <- ["a", []]
list(string) <- [["a"]]
list(number) <- ["1", 2]
list(number) <- ["1", "x"]
list(number) <- ["x", []]
list(number) <- [true]
list(bool) <- ["true", false]
list(bool) <- [true, "maybe"]
list(bool) <- [1]
list(any) <- [1, "a", true]
list(any) <- [1, 2]
list(any) <- [1, true]
list(any) <- []
list(any) <- [[1], ["a"]]
list(any) <- [[1], {}]
list(any) <- [{a = 1}, {a = "x"}]
list(any) <- [{a = 1}, {b = 1}]
list(any) <- [null, "a"]
list(any) <- [null]
list(list(string)) <- [["a"], [1], []]
list(list(string)) <- [["a"], "b"]
list(list(number)) <- [["1"], ["x"]]
list(map(string)) <- [{a = 1}, {b = true}]
list(object({a = string})) <- [{a = 1}, {a = "x", b = 2}]
list(object({a = string})) <- [{a = 1}, {b = 2}]
list(object({a = string})) <- [{a = []}]
list(object({a = number})) <- [{a = "x"}]
set(string) <- ["b", "a", "b", 1]
set(string) <- []
set(string) <- "a"
set(string) <- {}
set(number) <- ["2", 1, 1.0]
set(any) <- [1, "1"]
set(any) <- [1, []]
set(list(string)) <- [["b"], ["a"], ["b"]]
set(object({a = number})) <- [{a = 2}, {a = "1"}, {a = 2}]
set(object({a = number})) <- [{a = "x"}]
map(string) <- {a = 1, b = "x", c = true}
map(string) <- {}
map(string) <- []
map(string) <- "a"
map(string) <- {a = null}
map(string) <- {a = []}
map(number) <- {a = "1"}
map(number) <- {a = "x"}
map(number) <- {a = true}
map(any) <- {a = 1, b = "x"}
map(any) <- {a = 1, b = true}
map(any) <- {a = 1, b = []}
map(any) <- {a = [1], b = ["x"]}
map(any) <- {a = [1], b = [1, 2]}
map(any) <- {}
map(list(string)) <- {a = [1], b = []}
map(list(string)) <- {a = "x"}
map(map(number)) <- {a = {b = "x"}}
map(object({a = string, b = optional(number)})) <- {x = {a = 1}, y = {a = "b", b = "2"}}
tuple([string, number]) <- ["a", "1"]
tuple([string, number]) <- ["a"]
tuple([string, number]) <- ["a", "x"]
tuple([string, number]) <- ["a", 1, 2]
tuple([string, number]) <- "a"
tuple([]) <- []
tuple([any]) <- [[1]]
object({}) <- {}
object({}) <- {a = 1}
object({}) <- []
object({}) <- "a"
object({a = string}) <- {a = 1}
object({a = string}) <- {}
object({a = string}) <- {a = null}
object({a = string}) <- {a = []}
object({a = string, b = number}) <- {}
object({a = string, b = number, c = bool}) <- {}
object({a = string, b = number}) <- {a = 1, b = "x"}
object({a = number, b = bool}) <- {a = "x", b = "y"}
object({a = string}) <- {a = "x", extra = [1]}
object({a = any}) <- {a = [1, "b"]}
object({a = list(any)}) <- {a = [1, "b"]}
object({a = list(string)}) <- {a = "x"}
object({a = object({b = string})}) <- {a = {b = 1}}
object({a = object({b = string})}) <- {a = {}}
object({a = object({b = number})}) <- {a = {b = "x"}}
object({a = optional(string)}) <- {}
object({a = optional(string)}) <- {a = 1}
object({a = optional(string)}) <- {a = null}
object({a = optional(string)}) <- {a = []}
object({a = optional(string, "d")}) <- {}
object({a = optional(string, "d")}) <- {a = null}
object({a = optional(string, "d")}) <- {a = "x"}
object({a = optional(number, "5")}) <- {}
object({a = optional(number, "x")}) <- {}
object({a = optional(number, [])}) <- {}
object({a = optional(string, null)}) <- {}
object({a = optional(list(string), [])}) <- {}
object({a = optional(list(string), ["x", 1])}) <- {}
object({a = optional(any, 1)}) <- {}
object({a = optional(object({b = optional(string, "deep")}), {})}) <- {}
object({a = optional(object({b = optional(string, "deep")}))}) <- {}
object({a = optional(object({b = optional(string, "deep")}))}) <- {a = {}}
object({a = optional(object({b = optional(string, "deep"), c = number}), {c = 1})}) <- {}
object({a = object({b = optional(string, "deep")})}) <- {a = {}}
object({a = object({b = optional(string, "deep")})}) <- {a = null}
list(object({a = optional(string, "d"), b = optional(number)})) <- [{}, {a = "x"}, {b = 1}]
list(object({a = optional(string, "d")})) <- [{a = null}, null]
set(object({a = optional(string, "d")})) <- [{}, {a = "d"}]
map(object({a = optional(string, "d")})) <- {x = {}, y = {a = 1}}
map(object({a = optional(string, "d")})) <- {}
tuple([object({a = optional(string, "d")})]) <- [{}]
object({a = optional(map(object({b = optional(number, 3)})), {x = {}})}) <- {}
object({a = optional(tuple([string, number]), ["x", 1])}) <- {}
list(map(list(number))) <- [{a = ["1"]}, {}]
list(map(list(number))) <- [{a = ["x"]}]
list <- [1, "a"]
map <- {a = 1, b = "x"}
set <- []
text <- 1
strin <- "a"
"string" <- "a"
"list" <- []
list() <- []
list(string, number) <- []
list(text) <- []
map() <- {}
object <- {}
object() <- {}
object([]) <- {}
object({"a" = string}) <- {a = 1}
object({(a) = string}) <- {a = 1}
object({a = string, a = number}) <- {a = 1}
object({a = text}) <- {a = 1}
object({a = optional()}) <- {}
object({a = optional(string, "a", "b")}) <- {}
object({a = optional(optional(string))}) <- {}
object({a = optional(string, nope)}) <- {}
object({a = optional(string, upper("a"))}) <- {}
tuple <- []
tuple(string) <- []
tuple({}) <- []
optional(string) <- "a"
string() <- "a"
any() <- 1
number(1) <- 1
[string] <- []
{} <- {}
1 <- 1
var.x <- 1
lists(string) <- []
null <- null
any <- [1, {a = [true, null]}]
object({b = number, a = string}) <- {a = "x", b = 1}
