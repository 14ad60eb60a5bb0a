"""Tables of the chart of accounts and of the small lists that every document points to."""

TABLES = """
Currency <currency> x6
    *id                                 : id
    *code                               : text cycle USD|EUR|GBP|JPY|CHF|SEK
    decimals                            : integer cycle 2|2|2|0|2|2

Country <country> x14
    *id                                 : id
    *code                               : text cycle US|DE|FR|ES|IT|SE|PL|JP|SG|BR|CA|IE|GB|CH
    name                                : text cycle United States|Germany|France|Spain|Italy|Sweden|Poland|Japan|Singapore|Brazil|Canada|Ireland|United Kingdom|Switzerland

PaymentTerm <payment-term> x6
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    *code                               : text cycle Net 30|Net 60|2/10 Net 30|Net 10|Due on receipt|15th MFI
    description                         : text ?60 @word
    days-for-net-payment                : integer cycle 30|60|30|10|0|15
    days-for-discount-payment           : integer ?60 5..10
    discount-rate                       : decimal ?60 1..3 .1
    active                              : boolean 100%
    type                                : enum DaysAfterNetPaymentTerm=4 SpecificDayPaymentTerm

ShippingTerm <shipping-term> x4
    *id                                 : id
    *code                               : text cycle EXW|DAP|FOB|Standard
    description                         : text ?40 @word
    active                              : boolean 100%

Department <department> x12
    *id                                 : id
    *name                               : text cycle Sales|Finance|IT|R&D|Legal, Risk|Human Resources|Marketing|Facilities|Köln|Operations|Security|Support
    active                              : boolean 95%

BusinessGroup <content-group> x4
    *id                                 : id
    *name                               : text cycle Everyone|EMEA|APAC|Americas
    description                         : text ?50 @word

Commodity <commodity> x20
    *id                                 : id
    *name                               : text Category {id:03}
    active                              : boolean 95%
    category                            : enum ?30 goods=6 services=4 monetary others

Uom <uom> x6
    *id                                 : id
    *code                               : text cycle EA|KG|HR|BX|M|L
    name                                : text cycle Each|Kilogram|Hour|Box|Metre|Litre
    allowable-precision                 : integer ?50 0..4
    active                              : boolean 100%

TaxCode <tax-code> x6
    *id                                 : id
    *code                               : text cycle VAT19|VAT20|VAT7|EXEMPT|CA-SALES|GST
    percentage                          : decimal 0:15 5..20 .1
    active                              : boolean 100%

TaxRegistration <tax-registration> x40
    id                                  : id
    number                              : text DE{id:09}
    active local                        : boolean 80%
    country                             : object Country

TaxLine <tax-line>
    id                                  : id
    type                                : text TaxLine
    amount                              : decimal 0:40 1..300 .2
    rate                                : decimal ?20 5..20 .3
    *code                               : text ?40 VAT19|VAT20|EXEMPT
    code-id                             : integer = tax-code id
    description nature-of-tax           : text ?80 @word
    taxable-amount                      : decimal ?80 1..2000 .4
    tax-code                            : object ?30 TaxCode

Tag <tag> x8
    *id                                 : id
    *name                               : text cycle urgent|audit|q3|do not pay|"vip", gold|recurring|café|2026
    system-tag                          : boolean 20%

Tagging <tagging> x8
    id                                  : id
    description                         : text ?50 @note
    tag                                 : object Tag

Period <period> x24
    *id                                 : id
    *name                               : text Period {id:02}
    is-open                             : boolean 40%

AccountType <account-type> x4
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    *name                               : text cycle Ace Corporate|Ace Europe, GmbH|Ace 日本|Ace Holding
    active                              : boolean 100%
    legal-entity-name                   : text ?60 @company
    dynamic-flag                        : boolean 25%
    currency                            : object Currency

Account <account> x1000
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    name                                : text {segment-1}, {segment-2}, {segment-3}
    *code                               : text {segment-1}-{segment-2}-{segment-3}
    active                              : boolean 92%
    account-type-id                     : integer = account-type id
    segment-1                           : text SF|NY|DE|JP|00
    segment-2                           : text Sales|Marketing|IT|HR|Ops
    segment-3                           : text {id:05}
    segment-4 segment-5                 : text ?70 0|000|100|Indirect|Größe
    segment-6 segment-7 segment-8
    segment-9 segment-10 segment-11
    segment-12 segment-13 segment-14
    segment-15 segment-16 segment-17
    segment-18 segment-19 segment-20    : text ?99 0
    account-type                        : object AccountType
    created-by updated-by               : object UserSimple

Account/line <account> = Account
    id created-at updated-at name code active segment-1 segment-2 segment-3 segment-4 segment-5
    account-type
"""
