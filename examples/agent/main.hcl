# The agent's email.smtp providers: presets for the usual services, one server of one's own, and the mail that asks for approval.

variable "gmail_address" {
  type    = string
  default = "deploys@gmail.com"
}

variable "outlook_address" {
  type    = string
  default = "deploys@outlook.com"
}

variable "ses_username" {
  type        = string
  default     = "AKIAEXAMPLEEXAMPLE"
  description = "SMTP credentials of SES have names of their own; they are not the account's keys."
}

variable "internal_ca" {
  type        = string
  default     = null
  description = "PEM text of the company's own authority. With it nothing has to go unverified."
}

variable "internal_password_file" {
  type        = string
  default     = null
  description = "Where the password stands on a machine with mounted secrets, e.g. /run/secrets/smtp."
}

variable "approvers" {
  type    = list(string)
  default = ["ann@example.com", "bob@example.com"]
}

locals {
  # Submission services and what each of them logs in with. The password is never written here.
  services = {
    email-gmail = {
      preset     = "gmail"
      from       = var.gmail_address
      username   = var.gmail_address
      rate_limit = "500/d" # free accounts; an app password is needed
    }
    email-outlook = {
      preset     = "outlook" # consumer accounts; work accounts are on office365
      from       = var.outlook_address
      username   = var.outlook_address
      rate_limit = "300/d"
    }
    email-office365 = {
      preset     = "office365"
      from       = "deploys@example.com"
      username   = "deploys@example.com"
      rate_limit = "30/m"
    }
    email-yahoo = {
      preset     = "yahoo"
      from       = "deploys@yahoo.com"
      username   = "deploys@yahoo.com"
      rate_limit = "500/d"
    }
    email-mailgun = {
      preset     = "mailgun"
      from       = "noreply@mg.example.com"
      username   = "postmaster@mg.example.com" # credentials belong to the domain
      rate_limit = "100/h"
    }
  }
}

# provider: email.smtp. The user name of SendGrid is always "apikey"; the preset knows it.
smtp_server "sendgrid" {
  name         = "email-sendgrid"
  description  = "SendGrid SMTP email provider"
  preset       = "sendgrid"
  from_address = "noreply@example.com"
  password     = env("SENDGRID_API_KEY")
  rotate_after = "90d"
  rate_limit   = "1000/h"
  fallback     = [smtp_server.ses, smtp_server.internal]

  connection_test {
    require        = ["tls", "auth", "sender"]
    dkim_selectors = ["s1"]
    timeout        = "10s"
  }
}

# Amazon SES has a host for each region, and SMTP credentials of its own.
smtp_server "ses" {
  name         = "email-ses"
  preset       = "ses"
  region       = "eu-west-1"
  from_address = "noreply@example.com"
  username     = var.ses_username
  password     = env("SES_SMTP_PASSWORD")
}

smtp_server "service" {
  for_each     = local.services
  name         = each.key
  description  = "${title(each.value.preset)} SMTP email provider"
  preset       = each.value.preset
  from_address = each.value.from
  username     = each.value.username
  password     = env("${upper(replace(each.key, "-", "_"))}_PASSWORD")
  rate_limit   = each.value.rate_limit
  enabled      = each.key == "email-gmail"
}

# tls_skip_verify is for internal servers only, and only until the authority is known.
smtp_server "internal" {
  name               = "email-internal"
  description        = "Internal SMTP server"
  host               = "mail.internal.example.com"
  port               = 587
  from_address       = "agent@example.com"
  username           = "agent"
  password           = var.internal_password_file == null ? env("INTERNAL_SMTP_PASSWORD") : secret_file(var.internal_password_file)
  verify_certificate = var.internal_ca != null
  ca_certificate     = var.internal_ca
}

user_group "approvers" {
  name    = "Approvers"
  members = var.approvers

  notification_preferences {
    email {
      send_to_all_members = true
    }
  }
}

# The workflow access-approval: a message as plain text and HTML, to several recipients.
notification_rule "access_approval" {
  name        = "access-approval"
  smtp_server = smtp_server.sendgrid

  event {
    type = "WaitingForUserAction"
  }

  email {
    recipients  = ["approver@example.com"]
    user_groups = [user_group.approvers]
    subject     = "Access Request Approval Required"
    text        = "A new access request requires your approval."
    html        = "<h2>Access Request</h2><p>A new access request requires your approval.</p>"
  }
}

approval_process "access" {
  name         = "access"
  smtp_server  = smtp_server.sendgrid
  approvals    = 1
  self_approve = false
  timeout      = "24h"

  email {
    user_groups = [user_group.approvers]
    text        = "A new access request requires your approval."
  }
}

output "servers" {
  value = { for server in values(smtp_server.service) : server.name => server.uri }
}
