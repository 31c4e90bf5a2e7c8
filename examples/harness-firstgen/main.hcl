# Harness FirstGen: an encrypted text, the SMTP collaboration provider that uses it, and a notification group.

variable "smtp_host" {
  type    = string
  default = "smtp.example.com"
}

variable "environments" {
  description = "Where the password may be used; the collaboration provider inherits this."
  type        = list(string)
  default     = ["production", "non_production"]
}

variable "operators" {
  type    = set(string)
  default = ["ann@example.com", "bob@example.com"]
}

# "Select Encrypted Password": an existing secret is read with a data block, a new one is declared.
secret "smtp" {
  name           = "smtp-relay-password"
  value          = env("FIRSTGEN_SMTP_PASSWORD")
  secret_manager = "harness_secrets_manager"

  usage_scope {
    dynamic "grant" {
      for_each = var.environments
      content {
        application = "all"
        environment = grant.value
      }
    }
  }
}

# Type "SMTP". The display name is unique among the collaboration providers.
smtp_server "relay" {
  name         = "Company relay"
  host         = var.smtp_host
  port         = 465
  encryption   = "tls" # SSL; with starttls (587) the provider's Start TLS is chosen instead
  from_address = "harness@example.com"
  username     = "harness"
  password     = secret.smtp

  # "Test", then "Submit".
  connection_test {
    require = ["tls", "auth", "sender"]
    timeout = "15s"
  }
}

user_group "operators" {
  name        = "Operators"
  description = "Notified of deployments, asked for approvals"
  members     = var.operators

  notification_preferences {
    email {
      addresses           = ["operators@example.com"]
      send_to_all_members = true
    }
    slack {
      webhook_url = env("OPERATORS_SLACK_WEBHOOK")
    }
    pagerduty {
      integration_key = env("OPERATORS_PAGERDUTY_KEY")
    }
  }
}

notification_rule "deployments" {
  name        = "Deployments"
  smtp_server = smtp_server.relay

  event {
    type = "PipelineFailed"
  }

  event {
    type = "PipelinePaused"
  }

  email {
    user_groups = [user_group.operators]
  }
}

output "password_is_kept_as" {
  value = secret.smtp.identifier
}
