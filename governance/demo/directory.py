"""The demo's useful numbers, roads and landmarks: the public short ones are real, all others invented and no real number."""

from datetime import datetime

from governance.demo.places import COMMUNITY, EMERALD, SECOND_STREET, SIBLING, STREET, Places
from orgs.enums import LandmarkKind, Opening, ServiceKind
from orgs.models import Landmark, ServicePoint, User
from orgs.registers import rows

_K, _O = ServiceKind, Opening
ALWAYS, DAILY, OFFICE, APPOINTMENT = _O.ALWAYS, _O.DAILY, _O.OFFICE, _O.APPOINTMENT
# Place, kind, name, number, address, opening hours, note. 0713-000… is given to nobody.
ENTRIES = (
    (STREET, _K.EMERGENCY, "报警", "110", "", ALWAYS, ""),
    (STREET, _K.EMERGENCY, "火警", "119", "", ALWAYS, ""),
    (STREET, _K.EMERGENCY, "急救", "120", "", ALWAYS, ""),
    (STREET, _K.POLICE, "西湖示范派出所", "0713-0000110", "示范路1号", ALWAYS, "户籍窗口工作日办理"),
    (STREET, _K.WATER, "示范供水服务站", "0713-0000201", "示范路12号", ALWAYS, "停水、爆管抢修"),
    (STREET, _K.POWER, "供电服务热线", "95598", "", ALWAYS, "停电、欠费查询"),
    (STREET, _K.GAS, "示范燃气抢修", "0713-0000203", "", ALWAYS, "闻到燃气味，先开窗，到室外再打电话"),
    (STREET, _K.HEALTH, "西湖示范社区卫生服务中心", "0713-0000204", "示范路20号", DAILY, "家庭医生签约、疫苗接种"),
    (STREET, _K.GOVERNMENT, "政务服务便民热线", "12345", "", ALWAYS, ""),
    (STREET, _K.GOVERNMENT, "西湖街道示范便民服务中心", "0713-0000205", "示范路8号", OFFICE, "社保、低保、老年证"),
    (COMMUNITY, _K.COMMUNITY, "西湖社区值班电话", "0713-0000301", "西湖社区党群服务中心", ALWAYS, ""),
    (COMMUNITY, _K.OTHER, "示范律师咨询", "", "西湖社区党群服务中心二楼", APPOINTMENT, "每周三下午，免费"),
    (SIBLING, _K.COMMUNITY, "新桥社区值班电话", "0713-0000302", "新桥社区党群服务中心", ALWAYS, ""),
    (EMERALD, _K.PROPERTY, "示范物业甲公司服务中心", "0713-0000401", "翡翠一品小区1栋一楼", ALWAYS, "电梯困人、漏水急修"),
    (f"{COMMUNITY}-002", _K.PROPERTY, "示范物业乙公司服务中心", "0713-0000402", "", DAILY, ""),
    (SECOND_STREET, _K.POLICE, "赤壁示范派出所", "0713-0000111", "示范大道3号", ALWAYS, ""),
    (SECOND_STREET, _K.GOVERNMENT, "赤壁街道示范便民服务中心", "0713-0000206", "示范大道9号", OFFICE, ""),
)  # fmt: skip
# Place, kind, name, and a point: nobody finds a real one there.
LANDMARKS = (
    (COMMUNITY, LandmarkKind.ROAD, "示范大道", 114.8722, 30.4513),
    (COMMUNITY, LandmarkKind.STOP, "示范路口公交站", 114.8729, 30.4509),
    (SIBLING, LandmarkKind.ROAD, "学府路", None, None),
    (EMERALD, LandmarkKind.PARK, "翡翠小广场", None, None),
)


def make(places: Places, accounts: dict[str, User], now: datetime) -> None:
    """All of them, each entered by a cadre of its street."""
    for code, kind, name, phone, address, opening, note in ENTRIES:
        rows.add(
            row=ServicePoint(), unit=places.units[code], kind=kind, name=name, phone=phone,
            address=address, opening=opening, note=note, now=now,
            by=accounts["street" if code.startswith(STREET[:9]) else "street2"],
        )  # fmt: skip
    for code, mark, name, lon, lat in LANDMARKS:
        rows.add(
            row=Landmark(), unit=places.units[code], kind=mark, name=name, lon=lon, lat=lat,
            by=accounts["street"], now=now,
        )  # fmt: skip
