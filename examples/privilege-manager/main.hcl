# Delinea Privilege Manager: the SMTP foreign system, an e-mail task for a policy, and the approval process that uses it.

variable "smtp_uri" {
  type        = string
  default     = "smtp://smtp.corp.example.com:25"
  description = "The base Uri. smtp://host;port, as older pages write it, is read too."
}

variable "reports" {
  description = "Reports that are mailed, and to whom."
  type = map(object({
    report    = string
    to        = list(string)
    schedules = optional(list(string), ["Weekly"])
    policies  = optional(list(string), [])
  }))
  default = {
    denied = {
      report   = "Application Denied Events"
      to       = ["security@example.com"]
      policies = ["Block unknown applications"]
    }
    elevated = {
      report    = "Application Elevation Events"
      to        = ["security@example.com", "desktop@example.com"]
      schedules = ["Daily"]
    }
  }
}

# Admin | Configuration | Foreign Systems | SMTP Server | Add New. From version 10.7.1 on, cloud editions have one already.
smtp_server "alerts" {
  name         = "Corporate mail"
  uri          = var.smtp_uri
  encryption   = "none" # a relay inside the network, without a login
  from_address = "privilege-manager@example.com"

  connection_test {
    require = ["sender"]
  }
}

# Admin | Tasks > Server Tasks > E-mail Tasks | Add New.
email_task "report" {
  for_each     = var.reports
  name         = "Mail: ${each.value.report}"
  description  = "Sends the report ${each.value.report}"
  smtp_server  = smtp_server.alerts
  command      = "Email Report Results"
  report       = each.value.report
  from_address = "privilege-manager@example.com"
  to           = each.value.to
  schedules    = each.value.schedules
  policies     = each.value.policies
}

# Admin | Tasks | Automation | Approvals | Approval Processes: added if it is missing, then edited.
approval_process "mail" {
  name           = "Manual Approval Process with E-mail Alerts"
  based_on       = "Manual Approval Process with E-mail Alerts"
  start_activity = "Send E-mail for New Approval Task"
  smtp_server    = smtp_server.alerts
  approval_type  = "Default Execute Application Request Type" # it takes effect through this
}

output "uri" {
  value = smtp_server.alerts.uri
}

output "who_gets_reports" {
  value = sort(distinct(flatten([for task in email_task.report : tolist(task.to)])))
}
