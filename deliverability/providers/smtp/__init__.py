"""Mail over SMTP: persistent, pipelined connections driven by one selector (RFC 5321, RFC 2920)."""

from deliverability.providers.smtp.session import SmtpSession

__all__ = ["SmtpSession"]
