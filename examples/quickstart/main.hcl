# Who is told when the production pipeline fails, and through which server. `make demo` runs it against a local server;
# with your own, set host and port, and take out ca_certificate.

variable "smtp_host" {
  type    = string
  default = "127.0.0.1"
}

variable "smtp_port" {
  type    = number
  default = 2587
}

variable "oncall" {
  type        = map(list(string))
  description = "The members of each team by its name."
  default = {
    core    = ["ann@example.com", "bob@example.com"]
    billing = ["cleo@example.com"]
  }
}

smtp_server "primary" {
  host           = var.smtp_host
  port           = var.smtp_port
  encryption     = "starttls"
  ca_certificate = file("${path.module}/certificate.pem")
  from_address   = "Deploys <deploys@example.com>"
  username       = "deploys"
  password       = env("SMTP_PASSWORD")

  connection_test {
    require = ["tls", "auth", "recipient", "message"]
    to      = "oncall@example.com"
    subject = "The pipeline can send mail"
    timeout = "10s"
  }
}

user_group "oncall" {
  for_each = var.oncall
  name     = each.key
  members  = each.value

  notification_preferences {
    email {
      addresses           = ["${each.key}-oncall@example.com"]
      send_to_all_members = true
    }
  }
}

notification_rule "prod_failed" {
  pipeline    = "deploy-prod"
  smtp_server = smtp_server.primary

  event {
    type = "PipelineFailed"
  }

  event {
    type   = "StageFailed"
    stages = ["rollout"]
  }

  email {
    recipients  = ["cto@example.com"]
    user_groups = [user_group.oncall["core"]]
  }
}

output "teams" {
  value = keys(user_group.oncall)
}
