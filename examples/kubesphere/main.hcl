# KubeSphere: the platform's mail server, its recipients, and which alerts they are told of.

variable "smtp_host" {
  type    = string
  default = "smtp.example.com"
}

variable "smtp_port" {
  type        = number
  default     = 25
  description = "Usually 25; 465 speaks TLS from the first byte."
}

variable "use_ssl" {
  type        = bool
  default     = true
  description = "\"Use SSL Secure Connection\"."
}

variable "ca_certificate" {
  type        = string
  default     = null
  description = "PEM text, where the server's certificate is not from a public authority."
}

variable "recipients" {
  type        = list(string)
  default     = ["ann@example.com", "bob@example.com"]
  description = "Who gets every alert."

  validation {
    condition     = length(var.recipients) <= 50
    error_message = "KubeSphere takes at most 50 recipients; use the address of a list."
  }
}

variable "enabled" {
  type        = bool
  default     = true
  description = "The Enabled toggle above the recipients."
}

locals {
  encryption = var.use_ssl ? (var.smtp_port == 465 ? "tls" : "starttls") : "none"
}

# Platform Settings > Notification Configuration > Email > Server Settings.
smtp_server "platform" {
  name           = "default-email-config"
  host           = var.smtp_host
  port           = var.smtp_port
  encryption     = local.encryption
  ca_certificate = var.ca_certificate
  from_address   = "KubeSphere <kubesphere@example.com>"
  username       = "kubesphere"
  password       = secret.smtp
  hello          = "kubesphere.example.com"

  connection_test {
    require = var.use_ssl ? ["tls", "auth", "sender"] : ["auth", "sender"]
  }
}

secret "smtp" {
  name  = "global-email-config-secret"
  value = env("KUBESPHERE_SMTP_PASSWORD")
}

# Recipient Settings.
user_group "recipients" {
  name    = "global-email-receiver"
  enabled = var.enabled

  notification_preferences {
    email {
      addresses = var.recipients
    }
  }
}

user_group "oncall" {
  name = "oncall"

  notification_preferences {
    email {
      addresses = ["oncall@example.com"]
    }
  }
}

# Which alerts go to the people on call. The interval is one for the cluster: repeat_interval of alertmanager-main.
notification_rule "critical" {
  name            = "critical-alerts"
  smtp_server     = smtp_server.platform
  repeat_interval = "12h"

  match {
    labels = { severity = "critical" }

    condition {
      label    = "namespace"
      operator = "not_in"
      values   = ["sandbox", "playground"]
    }

    condition {
      label    = "alertname"
      operator = "matches"
      pattern  = "(Node|Kube|Workload).*"
    }
  }

  email {
    user_groups = [user_group.oncall]
  }
}

output "recipients" {
  value = user_group.recipients.notification_preferences.email.addresses
}
