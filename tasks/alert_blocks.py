"""Channels by which alerts reach people: Prefect blocks, made from the environment.

`GONGKAI_ALERT_WEBHOOK=https://…` gets a POST of `{"title", "text"}`;
`GONGKAI_ALERT_EMAIL=smtp://user:password@host:587?from=a@x&to=b@y,c@z&tls=starttls` a mail.
"""

from __future__ import annotations

import asyncio
import os
import smtplib
import ssl
from email.message import EmailMessage
from typing import Literal, cast
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from pydantic import Field, SecretStr

WEBHOOK_VARIABLE = "GONGKAI_ALERT_WEBHOOK"
EMAIL_VARIABLE = "GONGKAI_ALERT_EMAIL"
_WEBHOOK_NAME, _EMAIL_NAME = "gongkai-webhook", "gongkai-email"


class ChannelError(ValueError):
    """Raised when a channel is configured in a way that cannot work; the message says how it should be."""


class EmailAlerts(NotificationBlock):
    """Mails an alert through an SMTP server of one's own."""

    _block_type_name = "gongkai e-mail"
    _block_type_slug = "gongkai-email"
    _description = "用自己的 SMTP 服务器发送提醒邮件 mails alerts through one's own SMTP server"

    host: str = Field(description="SMTP 服务器 server")
    port: int = Field(default=587, description="端口 port")
    sender: str = Field(description="发件地址 from")
    recipients: list[str] = Field(description="收件地址 to", min_length=1)
    user: str = Field(default="", description="用户名；不需登录则留空 user, empty without login")
    password: SecretStr = Field(default=SecretStr(""), description="密码 password")
    tls: Literal["starttls", "ssl", "none"] = Field(default="starttls", description="加密 TLS")

    async def notify(self, body: str, subject: str | None = None) -> None:
        """Send one mail. Raises what smtplib raises when it is not taken."""
        message = EmailMessage()
        message["Subject"] = (subject or "gongkai").replace("\n", " ")
        message["From"], message["To"] = self.sender, ", ".join(self.recipients)
        message.set_content(body)
        await asyncio.to_thread(self._send, message)

    def _send(self, message: EmailMessage) -> None:
        context = ssl.create_default_context()
        if self.tls == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=30, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=30)
        with server:
            if self.tls == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password.get_secret_value())
            server.send_message(message)


def parse_email_address(address: str) -> EmailAlerts:
    """The block behind `smtp://…?from=…&to=…`. Raises ChannelError."""
    parts, asked = urlsplit(address), parse_qs(urlsplit(address).query)
    if parts.scheme != "smtp" or not parts.hostname or not {"from", "to"} <= asked.keys():
        raise ChannelError(
            f"{EMAIL_VARIABLE} 应写成 should be smtp://user:password@host:587?from=a@x&to=b@y,c@z"
        )
    tls = asked.get("tls", ["starttls"])[0]
    if tls not in ("starttls", "ssl", "none"):
        raise ChannelError(f"{EMAIL_VARIABLE}: tls 应为 should be starttls, ssl or none, not {tls}")
    return EmailAlerts(
        host=parts.hostname,
        port=parts.port or 587,
        sender=asked["from"][0],
        recipients=asked["to"][0].split(","),
        user=unquote(parts.username or ""),
        password=SecretStr(unquote(parts.password or "")),
        tls=tls,  # type: ignore[arg-type]
    )


def webhook_block(url: str) -> CustomWebhookNotificationBlock:
    """The block that posts an alert as JSON. Raises ChannelError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ChannelError(f"{WEBHOOK_VARIABLE} 应为 http(s) 网址 should be an http(s) address")
    return CustomWebhookNotificationBlock(
        name="gongkai",
        url=url,
        json_data={"title": "{{subject}}", "text": "{{body}}"},
        headers=None,
        cookies=None,
    )


def save_channels() -> dict[str, UUID]:
    """Lay the channels of the environment into the server as blocks; name → id of the block."""
    channels: dict[str, UUID] = {}
    if url := os.environ.get(WEBHOOK_VARIABLE):
        saved = webhook_block(url).save(_WEBHOOK_NAME, overwrite=True)
        channels[_WEBHOOK_NAME] = cast("UUID", saved)
    if address := os.environ.get(EMAIL_VARIABLE):
        saved = parse_email_address(address).save(_EMAIL_NAME, overwrite=True)
        channels[_EMAIL_NAME] = cast("UUID", saved)
    return channels
