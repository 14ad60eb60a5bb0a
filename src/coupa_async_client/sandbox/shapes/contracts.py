"""Tables of contracts and what belongs to them."""

TABLES = """
ContractType <contract-type> x4
    *id                                 : id
    *name                               : text cycle Purchase|Service|Lease|NDA, mutual
    description                         : text ?40 @word
    active                              : boolean 100%

ContractTerm <contract-term>
    id                                  : id
    name                                : text Term {id}
    type                                : text PriceRangeContractTerm
    contract-term-type                  : enum PerOrderContractTerm TotalQtyContractTerm TotalAmtContractTerm PriceRangeContractTerm
    use-pct-discounts                   : boolean 50%
    tier-1-upper-bound tier-2-upper-bound : decimal ?20 100..9000 .4
    tier-1-disc-pct tier-2-disc-pct     : decimal ?20 1..20 .4

Contract <contract> x1000
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    *name                               : text Contract {id:04} {source-id}
    *number                             : text ?10 C{id:05}
    version                             : integer ?20 1..5
    type                                : text weighed MasterContract=4 AmendmentContract
    amended-contract-type               : text ?90 price|term
    status                              : text weighed published=70 draft=10 expired=8 completed=6 pending_approval=3
    description                         : text ?40 @note
    start-date                          : datetime ?5 day 0..60
    end-date                            : datetime ?25 day 200..900
    execution-date published-date       : datetime ?30 day -10..20
    consent                             : enum ?70 notice consent not_required=3 not_assignable
    term-type                           : enum ?10 fixed=6 auto_renew=3 perpetual
    termination-notice                  : enum ?40 yes no=2
    stop-spend-based-on-max-value       : enum ?40 yes no=3
    termination-notice-length-unit renewal-length-unit
    length-of-notice-unit               : enum ?50 days months=2 years
    termination-notice-length-value renewal-length-value : integer ?50 1..24
    length-of-notice-value              : text ?50 1|30|90
    no-of-renewals                      : integer ?60 1..10
    minimum-value maximum-value min-commit max-commit : decimal ?40 0:10 100..90000 .4
    savings-pct                         : decimal ?70 0..30 .2
    legal-agreement-url                 : text ?70 https://files.example.com/contract/{id}
    po-message requisition-message      : text ?80 @note
    terms                               : text ?70 @note
    supplier-account                    : text ?70 {id:08}
    source                              : text ?60 import|ui
    source-id                           : text ?60 @word
    source-type                         : text ?80 QuoteRequest
    external-contract-id                : text ?80 EXT-{id:05}
    reason-insight-code reason-insight-comment : text ?90 @word
    clma-id proxy-supplier-id quote-response-id : integer ?90 1..900
    whose-paper                         : integer ?60 0..2
    order-window-tz                     : text ?80 America/Los_Angeles|Europe/Berlin
    preferred strict-invoicing-rules used-for-buying supplier-invoiceable : boolean 60%
    is-default terminated auto-extend-end-date-for-renewal fill-with-counterparty
    use-online-signing use-order-windows : boolean 5%
    contract-type-custom-field-1 contract-type-custom-field-2 contract-type-custom-field-3
    contract-type-custom-field-4 contract-type-custom-field-5 contract-type-custom-field-6
    contract-type-custom-field-7 contract-type-custom-field-8 contract-type-custom-field-9
    contract-type-custom-field-10       : text ?90 @word
    contract-owner                      : object ?10 UserSimple
    submitter                           : object ?40 UserSimple
    contract-type                       : object ?10 ContractType
    currency                            : object Currency
    department                          : object ?50 Department
    default-account                     : object ?80 dynamic:50 Account/line
    payment-term                        : object ?20 PaymentTerm
    shipping-term                       : object ?60 ShippingTerm
    supplier                            : object ?4 Supplier/brief
    master-contract parent              : object ?80 Contract/brief
    current-approval                    : object ?90 Approval/embedded
    contract-classification contract-clause-type-field contract-detail contract-dispute
    contract-parties-field-container contract-performance contract-price-and-payment
    contract-relationship-and-reporting contract-risk contract-termination
    contract-terms-and-renewal esign-provider-account intellectual-property-and-data
    ra-risk-request rate-card schedule  : object
    contract-terms                      : list 0..2 ContractTerm
    content-groups                      : list 0..2 BusinessGroup
    tags                                : list 0..1 Tag
    taggings                            : list 0..1 Tagging
    contract-clauses contract-parties current-parallel-approvals diversity-categories
    object-lines reason-insight-events  : list
    created-by updated-by               : object UserSimple
    legal-hold-note                     : text ?70 @note
    custom-fields                       : map ?30 risk-tier=1|2|

Contract/brief <contract> = Contract
    id created-at updated-at name number status
"""
