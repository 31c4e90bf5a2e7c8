# The same server, groups and rules, on Harness itself.

variable "account" {
  type        = string
  description = "The account's identifier: the first part of the URL after /account/."
}

variable "endpoint" {
  type        = string
  default     = "https://app.harness.io/gateway"
  description = "Of a self-managed Harness, its own URL."
}

remote "harness" "main" {
  account  = var.account
  token    = env("HARNESS_TOKEN")
  endpoint = var.endpoint
  default  = true
}

module "notifications" {
  source = "../"
}

output "teams" {
  value = module.notifications.teams
}
