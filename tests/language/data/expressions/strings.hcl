""
"a"
"a b"
"a\nb"
"a\n"
"\n"
"\t"
"\r"
"a\tb"
"a\r\nb"
"\"quoted\""
"back\\slash"
"\u00e9"
"\U0001F44B"
"\u0000"
"\u200b"
"\u001b[0m"
"\u00a0"
"\ud800"
"\x41"
"\a"
"\q"
"é"
"é"
"Å"
"日本語"
"👩‍👩‍👧"
"a$b"
"a%b"
"$"
"%"
"$$"
"%%"
"$${x}"
"%%{x}"
"$$${var.string}"
"$$$${x}"
"a$${b}c"
"a%%{b}c"
"${1}"
"${"x"}"
"${1} "
" ${1}"
"${true}"
"${true}!"
"${null}"
"${null}!"
"${[]}"
"${[]}!"
"${{}}"
"${{}}!"
"${[1, 2]}"
"${[1]}${[2]}"
"${1.50}"
"${1.50}x"
"${1e3}x"
"${1/3}x"
"a${1}b${2}c"
"${var.string}"
"${var.string}!"
"${var.number}!"
"${var.bool}!"
"${var.list}!"
"${var.map}!"
"${var.object}!"
"${var.null_string}!"
"${var.null_string}"
"${var.nope}!"
"${nope}!"
"${var.nope} ${local.nope}"
"${"nested ${"deep ${1 + 1}"}"}"
"${"${"${1}"}"}"
"${upper("a")}${lower("B")}"
"${var.string == "hello" ? "yes" : "no"}"
"${true ? 1 : 2}"
"${true ? 1 : "a"}"
"${ var.string }"
"a ${~ var.string ~} b"
"a ${~ var.string} b"
"a ${var.string ~} b"
"a\n${~ var.string ~}\nb"
"${~ 1 ~}"
"%{if true}a%{endif}"
"%{if false}a%{endif}"
"%{if true}a%{else}b%{endif}"
"%{if false}a%{else}b%{endif}"
"%{ if true }a%{ else }b%{ endif }"
"%{if "true"}a%{endif}"
"%{if 1}a%{endif}"
"%{if null}a%{endif}"
"%{if "x"}a%{endif}"
"%{if true}${1}%{endif}"
"%{if true}${null}%{endif}"
"%{if false}${null}%{endif}"
"%{if true}${[]}%{endif}"
"%{if false}${nope}%{endif}"
"%{if true}%{if false}a%{else}b%{endif}%{endif}"
"x%{if true} a %{endif}y"
"x %{~ if true ~} a %{~ endif ~} y"
"x %{~ if false ~} a %{~ else ~} b %{~ endif ~} y"
"%{for x in [1, 2]}${x}%{endfor}"
"%{for x in [1, 2]}${x},%{endfor}"
"%{for i, x in ["a", "b"]}${i}=${x};%{endfor}"
"%{for k, v in {b = 1, a = 2}}${k}=${v};%{endfor}"
"%{for x in []}${x}%{endfor}"
"%{for x in [1]}%{endfor}"
"%{for x in [1, 2]}a%{endfor}"
"%{for x in null}a%{endfor}"
"%{for x in "abc"}a%{endfor}"
"%{for x in [null]}${x}%{endfor}"
"%{for x in [[]]}${x}%{endfor}"
"%{for x in [1, 2]}%{if x == 2}${x}%{endif}%{endfor}"
"%{for x in var.list}%{for y in var.numbers}${x}${y} %{endfor}%{endfor}"
"%{for x in var.set}${x}%{endfor}"
"a %{~ for x in [1, 2] ~} ${x} %{~ endfor ~} b"
"%{if true}"
"%{endif}"
"%{if true}a%{endfor}"
"%{for x in [1]}"
"%{else}"
"%{unless true}a%{endif}"
"%{if}a%{endif}"
"%{}"
"${}"
"${"
"${1"
"a${1"
"a
"a" "b"
"a" + "b"
"a${1}" == "a1"
"${1}" == 1
"${"1"}" == 1
"${[1]}" == [1]
"${{a = 1}}".a
["${1}", "${1}a"]
{"${"k"}" = "${1}"}
"foo ${jsonencode({a = "x"})} bar"
"${join(", ", [for s in var.list : "<${s}>"])}"
"${local.text}!"
"${local.unicode}"
local.text
local.quote
local.unicode
["a\nb", "c"]
{a = "x\ny", b = {c = "d\n"}}
toset(["x\ny"])
"EOT\nEOT_"
"  EOT  \nx"
"<<EOT\nx\nEOT"
"\n\n"
'single'
`back`
"ünï" == "ünï"
<<<
<<EOT
hello
EOT
>>>
<<<
<<EOT
hello ${var.string}
  indented
EOT
>>>
<<<
<<-EOT
    four
      six
    four
  EOT
>>>
<<<
<<-EOT
    four ${1}
  two
      six
    EOT
>>>
<<<
<<-EOT
    a

    b
    EOT
>>>
<<<
<<EOT
a\nb "quoted" \\ $${x} %%{y}
EOT
>>>
<<<
<<EOT
${var.string}
EOT
>>>
<<<
<<EOT
%{ for x in var.list ~}
- ${x}
%{ endfor ~}
EOT
>>>
<<<
<<EOT
%{ for x in var.list }
- ${x}
%{ endfor }
EOT
>>>
<<<
<<-EOT
  %{ if var.bool }
  on
  %{ else }
  off
  %{ endif }
  end
  EOT
>>>
<<<
<<-EOT
  %{ if var.bool ~}
  on
  %{ else ~}
  off
  %{ endif ~}
  end
  EOT
>>>
<<<
<<EOT
EOT
>>>
<<<
<<EOT

EOT
>>>
<<<
[
  <<A
one
A
  ,
  <<-B
    two
    B
]
>>>
<<<
{
  a = <<EOT
x
EOT
  b = 1
}
>>>
<<<
upper(<<EOT
x
EOT
)
>>>
<<<
[
  1, # one
  2, // two
  /* three */ 3
]
>>>
<<<
{
  a = 1
  b = [
    2,
    3,
  ]
  "c" : {
    d = 4
  }
}
>>>
<<<
{
  a = 1, b = 2
  c = 3
}
>>>
<<<
(
  1
  +
  2
)
>>>
<<<
[
  for x in [1, 2] :
  x
  if x > 1
]
>>>
<<<
true
? 1
: 2
>>>
<<<
(true
  ? 1
: 2)
>>>
<<<
<<-EOT
	tab
	  two
	EOT
>>>
<<<
<<EOT
café ${"e\u0301"}
EOT
>>>
<<<
<<EOT
a ${
  var.string
} b
EOT
>>>
<<<
"a ${
  var.string
} b"
>>>
<<<
<<-EOT
    ${var.string}
      ${var.string}
  EOT
>>>
<<<
<<-EOT
    line with ${<<-INNER
      nested
      INNER
    }
    EOT
>>>
