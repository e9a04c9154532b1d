"""The surname of a Chinese name, as an agent says it with 先生 or 女士 (R-12.5)."""

_PAIRS = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙"
    "钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里"
    "呼延东郭南门羊舌微生梁丘左丘东门西门南荣第五"
)
_DOUBLE = frozenset(_PAIRS[place : place + 2] for place in range(0, len(_PAIRS), 2))
_SINGLE = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方"
    "俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧"
    "计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫"
    "经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓"
    "牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙"
    "池乔阴鬱胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容"
    "向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰"
    "巢关蒯相查后荆红游竺权逯盖益桓公仉督岳帅缑亢况郈有琴归海晋楚闫法汝鄢涂钦商牟佘佴伯赏墨哈谯笪年爱阳佟言福肖付代覃"
    "原苑未门母区朴战冼展揭种佀"
)
LONGEST_NAME = 4
"""Characters of a person's name, a double surname included; what is longer is a firm."""

SIR_OR_MADAM = ("先生", "女士")
"""The forms of address (R-12.5)."""


def surname_of(name: str) -> str | None:
    """The surname of a person; None of a firm, a foreign name, or what begins with no surname.

    >>> surname_of("李志强"), surname_of("欧阳兰"), surname_of("泉城大酒店")
    ('李', '欧阳', None)
    """
    bare = name.strip()
    for form in SIR_OR_MADAM:
        if bare.endswith(form):
            return _surname(bare.removesuffix(form))
    if not 2 <= len(bare) <= LONGEST_NAME or any(not "\u3400" <= letter <= "\u9fff" for letter in bare):
        return None
    return _surname(bare)


def _surname(bare: str) -> str | None:
    if bare[:2] in _DOUBLE:
        return bare[:2]
    return bare[:1] if bare[:1] in _SINGLE else None
