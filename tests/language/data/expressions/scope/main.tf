# What the recorded expressions may refer to. Read by Terraform and by tests/language/evaluate/scope.py.

variable "secret" {
  type      = string
  default   = "hunter2"
  sensitive = true
}

variable "secret_number" {
  type      = number
  default   = 42
  sensitive = true
}

variable "secret_bool" {
  type      = bool
  default   = true
  sensitive = true
}

variable "secret_list" {
  type      = list(string)
  default   = ["a", "b"]
  sensitive = true
}

variable "secret_map" {
  type      = map(string)
  default   = { a = "x", b = "y" }
  sensitive = true
}

variable "secret_object" {
  type      = object({ name = string, port = number })
  default   = { name = "n", port = 25 }
  sensitive = true
}

variable "string" {
  type    = string
  default = "hello"
}

variable "empty" {
  type    = string
  default = ""
}

variable "number" {
  type    = number
  default = 3.5
}

variable "bool" {
  type    = bool
  default = true
}

variable "list" {
  type    = list(string)
  default = ["c", "a", "b"]
}

variable "numbers" {
  type    = list(number)
  default = [3, 1, 2]
}

variable "empty_list" {
  type    = list(string)
  default = []
}

variable "set" {
  type    = set(string)
  default = ["c", "a", "b", "a"]
}

variable "map" {
  type    = map(string)
  default = { b = "2", a = "1" }
}

variable "empty_map" {
  type    = map(number)
  default = {}
}

variable "object" {
  type = object({
    name    = string
    size    = optional(number, 10)
    tags    = optional(map(string))
    enabled = optional(bool)
  })
  default = { name = "thing" }
}

variable "objects" {
  type = list(object({
    name    = string
    members = list(string)
    nested  = optional(object({ x = number, y = optional(string, "dy") }), { x = 1 })
  }))
  default = [
    { name = "ops", members = ["a@example.com", "b@example.com"] },
    { name = "dev", members = [], nested = { x = 2, y = "given" } },
  ]
}

variable "object_map" {
  type    = map(object({ id = number, on = optional(bool, true) }))
  default = { one = { id = 1 }, two = { id = 2, on = false } }
}

variable "tuple" {
  type    = tuple([string, number, bool])
  default = ["a", 1, true]
}

variable "anything" {
  default = { a = [1, "two", { three = 3 }], b = null }
}

variable "any_list" {
  type    = list(any)
  default = [1, "two", true]
}

variable "null_string" {
  type    = string
  default = null
}

variable "null_list" {
  type    = list(string)
  default = null
}

variable "null_object" {
  type    = object({ a = string })
  default = null
}

variable "null_any" {
  default = null
}

locals {
  one         = 1
  text        = "multi\nline\n"
  quote       = "say \"hi\" \\ $${x} %%{y}"
  unicode     = "Grüße, 世界 👋"
  tuple       = ["a", 1, true, null]
  object      = { name = "o", list = [1, 2], inner = { deep = "x" } }
  teams       = { core = { members = ["a", "b"], lead = "a" }, web = { members = [], lead = null } }
  people      = [{ name = "Ann", age = 31 }, { name = "Bob", age = 27 }, { name = "Cy", age = 31 }]
  mixed       = { public = "p", private = var.secret }
  mixed_list  = ["p", var.secret]
  secret_keys = { (var.string) = var.secret_number }

  unknown_string = tostring(terraform_data.unknown.output)
  unknown_number = tonumber(terraform_data.unknown.output)
  unknown_bool   = tobool(terraform_data.unknown.output)
  unknown_list   = split(",", local.unknown_string)
  unknown_set    = toset(local.unknown_list)
  unknown_map    = zipmap(local.unknown_list, local.unknown_list)
  partly_list    = ["known", local.unknown_string]
  partly_object  = { known = "k", later = local.unknown_string }
  secret_unknown = "${local.unknown_string}${var.secret}"
}

resource "terraform_data" "unknown" {
  input = "later"
}

resource "terraform_data" "many" {
  count = 2
  input = count.index
}

resource "terraform_data" "each" {
  for_each = toset(["a", "b"])
  input    = each.key
}
