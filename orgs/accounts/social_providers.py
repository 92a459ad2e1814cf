"""How WeChat and DingTalk are asked who somebody is: allauth's providers, asking for less.

Read only where a way in is open: it loads an HTTP client.
"""

from typing import Any

from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.dingtalk.client import DingTalkOAuth2Client
from allauth.socialaccount.providers.dingtalk.provider import DingTalkProvider
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.weixin.client import WeixinOAuth2Client
from allauth.socialaccount.providers.weixin.provider import WeixinProvider
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest

from orgs.values import phones


class WeixinClient(WeixinOAuth2Client):
    def get_redirect_url(self, *args: Any) -> str:
        # Without this end WeChat's browser shows an error (公众号网页授权).
        return f"{super().get_redirect_url(*args)}#wechat_redirect"


class WeixinAdapter(WeixinOAuth2Adapter):
    """In WeChat's browser, by the account of the portal's 服务号: one tap, and nothing but the key."""

    client_class = WeixinClient
    authorize_url = property(lambda self: settings.WEIXIN_AUTHORIZE)
    access_token_url = property(lambda self: f"{settings.WEIXIN_API}/sns/oauth2/access_token")

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **answer: Any) -> Any:
        known = answer["response"]
        return self.get_provider().sociallogin_from_response(
            request, {"openid": _key(known, "openid")}
        )


class DingTalkClient(DingTalkOAuth2Client):
    def get_access_token(self, *args: Any, **options: Any) -> dict[str, Any]:
        try:
            return super().get_access_token(*args, **options)
        except (KeyError, TypeError, AttributeError) as error:
            raise OAuth2Error("an answer without what it has to hold") from error


class DingTalkAdapter(DingTalkOAuth2Adapter):
    """The key, and the telephone where the portal's app there may read it."""

    client_class = DingTalkClient
    authorize_url = property(lambda self: settings.DINGTALK_AUTHORIZE)
    access_token_url = property(lambda self: f"{settings.DINGTALK_API}/v1.0/oauth2/userAccessToken")
    profile_url = property(lambda self: f"{settings.DINGTALK_API}/v1.0/contact/users/me")

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **answer: Any) -> Any:
        from allauth.socialaccount.adapter import get_adapter

        with get_adapter().get_requests_session() as session:
            asked = session.get(
                self.profile_url, headers={"x-acs-dingtalk-access-token": token.token}
            )
            asked.raise_for_status()
            known = asked.json()
        login = self.get_provider().sociallogin_from_response(
            request, {"openId": _key(known, "openId")}
        )
        mobile = str(known.get("mobile") or "")
        is_mainland = str(known.get("stateCode") or "86").lstrip("+") == "86"
        login.phone = mobile if is_mainland and phones.is_mobile(mobile) else None
        return login


def _key(answer: Any, name: str) -> str:
    key = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(key, str) or not 0 < len(key) <= 128:
        raise OAuth2Error(f"an answer without {name}")
    return key


class PortalWeixin(WeixinProvider):
    oauth2_adapter_class = WeixinAdapter


class PortalDingTalk(DingTalkProvider):
    oauth2_adapter_class = DingTalkAdapter


ADAPTERS = {"weixin": WeixinAdapter, "dingtalk": DingTalkAdapter}
for _provider in (PortalWeixin, PortalDingTalk):
    registry.register(_provider)
begin = {name: OAuth2LoginView.adapter_view(adapter) for name, adapter in ADAPTERS.items()}
finish = {name: OAuth2CallbackView.adapter_view(adapter) for name, adapter in ADAPTERS.items()}
