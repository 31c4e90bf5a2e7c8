# Harness NextGen: the account's SMTP configuration, user groups on three levels, and rules on the events of a pipeline.

variable "smtp_host" {
  type        = string
  default     = "smtp.example.com"
  description = "The server's name. A URL stands in uri instead."
}

variable "smtp_port" {
  type        = number
  default     = 25
  description = "Relays inside a company mostly listen on 25, submission services on 587."
}

variable "organization" {
  type    = string
  default = "default"
}

variable "project" {
  type    = string
  default = "storefront"
}

variable "teams" {
  description = "The teams of the project. An alias is written to beside the members, or alone."
  type = map(object({
    members      = list(string)
    alias        = optional(string)
    tell_members = optional(bool, true)
  }))
  default = {
    storefront = {
      members = ["ann@example.com", "bob@example.com"]
      alias   = "storefront@example.com"
    }
    payments = {
      members      = ["cleo@example.com"]
      alias        = "payments@example.com"
      tell_members = false
    }
  }
}

locals {
  failures = ["PipelineFailed", "TriggerFailed"]
  tracking = ["PipelineStart", "PipelineSuccess", "PipelinePaused", "PipelineResumed"]
}

# Self-managed editions need a server of their own; the SaaS edition has one, and takes another by choice. One per account.
smtp_server "account" {
  name         = "Company relay"
  host         = var.smtp_host
  port         = var.smtp_port
  encryption   = "starttls" # "Start TLS" in the console; "Enable SSL" is "tls", on port 465
  from_address = "Harness <harness@example.com>"
  username     = "harness"
  password     = env("HARNESS_SMTP_PASSWORD")

  delegate_selectors = ["datacentre-eu"]
  rotate_after       = "180d"

  # "Continue after the test is successful": apply changes nothing before this has passed.
  connection_test {
    require = ["tls", "auth", "recipient"]
    to      = "platform@example.com"
    subject = "Harness can send mail"
    body    = "This message was sent by dmail's connection test."
  }
}

# Account level: everybody who keeps the platform running, by mail and by chat.
user_group "platform" {
  name        = "Platform"
  description = "Keeps the delegates and pipelines running"
  members     = ["dora@example.com", "emil@example.com"]

  notification_preferences {
    email {
      addresses           = ["platform@example.com"]
      send_to_all_members = true
    }
    slack {
      webhook_url = env("PLATFORM_SLACK_WEBHOOK")
    }
    msteams {
      webhook_url = env("PLATFORM_TEAMS_WEBHOOK")
    }
  }
}

# Organisation level: its members come from single sign-on, so they are not set here.
user_group "release_managers" {
  name         = "Release managers"
  organization = var.organization

  notification_preferences {
    email {
      addresses = ["releases@example.com"]
    }
  }
}

# Project level: one group for each team.
user_group "team" {
  for_each     = var.teams
  name         = title(each.key)
  organization = var.organization
  project      = var.project
  members      = each.value.members
  tags         = { team = each.key }

  notification_preferences {
    email {
      addresses           = each.value.alias == null ? [] : [each.value.alias]
      send_to_all_members = each.value.tell_members
    }
  }
}

notification_rule "failed" {
  name         = "Deployment failed"
  organization = var.organization
  project      = var.project
  pipeline     = "deploy_storefront"
  smtp_server  = smtp_server.account

  dynamic "event" {
    for_each = local.failures
    content {
      type = event.value
    }
  }

  event {
    type   = "StageFailed"
    stages = ["rollout", "smoke_test"]
  }

  email {
    recipients  = ["cto@example.com"]
    user_groups = [user_group.team["storefront"], user_group.platform]
  }
}

notification_rule "succeeded" {
  name         = "Stage succeeded"
  organization = var.organization
  project      = var.project
  pipeline     = "deploy_storefront"
  smtp_server  = smtp_server.account

  event {
    type = "StageSuccess" # without stages: all of them
  }

  email {
    user_groups = values(user_group.team)
  }
}

# Approvals: the mail that asks somebody to act.
notification_rule "approval" {
  name         = "Waiting for approval"
  organization = var.organization
  project      = var.project
  pipeline     = "deploy_storefront"
  smtp_server  = smtp_server.account

  event {
    type = "WaitingForUserAction"
  }

  email {
    user_groups = [user_group.release_managers]
  }
}

# Tracking: what goes on, for those who want to know.
notification_rule "tracking" {
  name         = "Deployment progress"
  organization = var.organization
  project      = var.project
  pipeline     = "deploy_storefront"
  smtp_server  = smtp_server.account

  dynamic "event" {
    for_each = local.tracking
    content {
      type = event.value
    }
  }

  email {
    recipients = ["deploy-log@example.com"]
  }
}

# One way of telling per rule: a second rule for the chat.
notification_rule "failed_chat" {
  name         = "Deployment failed (chat)"
  organization = var.organization
  project      = var.project
  pipeline     = "deploy_storefront"

  event {
    type = "PipelineFailed"
  }

  slack {
    user_groups = [user_group.platform]
  }
}

output "server" {
  value       = smtp_server.account.uri
  description = "Where the account's mail goes out."
}

output "teams" {
  value = { for name, group in user_group.team : name => group.identifier }
}
