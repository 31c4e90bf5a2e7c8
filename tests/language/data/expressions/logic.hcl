true
false
true && true
true && false
false && true
true || false
false || false
!true
!false
!!true
!true && false
true || true && false
(true || true) && false
"true" && true
"false" || "true"
!"true"
!"yes"
"1" && true
"0" || false
"True" && true
"TRUE" || false
1 && true
0 || true
!1
!0
null && true
true || null
!null
"" && true
[] && true
true && {}
false && [][0]
true || [][0]
[][0] || true
false && 1
true || "x"
true && "x"
1 == 1 && 2 == 2
1 == 1 || nope
true == "true"
1 == "1"
1 == true
"a" == "a"
"a" == "A"
"a" != "b"
null == null
null != null
null == "null"
null == 0
null == false
null == ""
null == []
[] == []
[] != []
[1] == [1]
[1, 2] == [2, 1]
[1] == ["1"]
[1] == [1.0]
[] == {}
{} == {}
{a = 1} == {a = 1}
{a = 1} == {a = "1"}
{a = 1} == {b = 1}
{a = 1, b = 2} == {b = 2, a = 1}
{a = null} == {a = null}
{a = null} == {}
[null] == [null]
[null] == [1]
[null] == [tostring(null)]
tostring(null) == null
tostring(null) == tonumber(null)
[tostring(null)] == [tostring(null)]
var.list == ["c", "a", "b"]
var.list == tolist(["c", "a", "b"])
var.list == tolist(["a", "b", "c"])
var.list != var.list
tolist([1]) == tolist(["1"])
tolist([]) == []
tolist([]) == tolist([])
var.set == toset(["a", "b", "c"])
var.set == toset(["a", "b"])
var.set == var.list
toset([1, 2]) == toset([2, 1, 2])
toset([[1], [2]]) == toset([[2], [1]])
toset([]) == toset([])
var.map == {a = "1", b = "2"}
var.map == tomap({a = "1", b = "2"})
var.map == tomap({a = "1"})
var.map == tomap({a = "1", b = "3"})
var.map == tomap({a = "1", c = "2"})
var.object == {name = "thing"}
var.object == var.object
var.objects[0] == var.objects[0]
var.objects[0] == var.objects[1]
var.null_string == null
var.null_list == null
var.null_object == null
var.null_any == null
var.null_string != null
var.null_string == var.null_list
var.empty == null
var.empty == ""
var.bool == true
var.bool == "true"
var.number == 3.5
var.number == "3.5"
var.tuple == ["a", 1, true]
local.object.inner == {deep = "x"}
"é" == "é"
"Å" == "Å"
1 == 1 == true
1 != 2 != false
1 > 2 || 3 > 2 && 4 > 5
true ? true : false
!(1 == 2)
"a" && "b"
5 > "x"
"5" > "4"
"0x1" > 0
null > 1
1 >= null
[1] >= 1
true > false
var.string > 1
