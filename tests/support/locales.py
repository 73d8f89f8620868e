"""Locales that write numbers in every way there is: signs before and after, dots, commas, quotes, Indian groups."""

LOCALES = (
    "en_IN", "en_US", "en_GB", "en_ZA", "de_DE", "de_AT", "de_CH", "fr_FR", "fr_CA", "es_ES", "es_MX", "it_IT", "pt_BR",
    "pt_PT", "nl_NL", "da_DK", "sv_SE", "nb_NO", "fi_FI", "is_IS", "pl_PL", "cs_CZ", "hu_HU", "ro_RO", "bg_BG", "hr_HR",
    "lt_LT", "lv_LV", "et_EE", "el_GR", "tr_TR", "ru_RU", "uk_UA", "ka_GE", "kk_KZ", "he_IL", "ar_EG", "ar_AE", "fa_IR",
    "hi_IN", "bn_BD", "ta_IN", "th_TH", "vi_VN", "id_ID", "ja_JP", "ko_KR", "zh_CN", "af_ZA", "sw_KE",
)  # fmt: skip
