"""Tables of invoices and of the approvals that documents wait for."""

TABLES = """
# Row n belongs to row n // 3 of one of three kinds of document.
Approval <approval>
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    type                                : text ManagementHierarchyApproval
    status                              : text weighed approved=70 pending_approval=20 rejected=6 escalated=4
    position                            : integer 1..4
    approval-chain-id                   : integer ?40 1..60
    approval-date                       : datetime ?35 time 0..20
    approvable-type                     : text cycle InvoiceHeader|RequisitionHeader|ExpenseReport
    approvable-id                       : integer each 3
    approver-type                       : text User
    approver-id                         : integer = approver id
    delegate-id                         : text ?95 {id}
    note                                : text ?70 @note
    holdable                            : boolean 20%
    parallel-group-name                 : text ?95 @word
    approver                            : object UserSimple
    approved-by                         : object ?35 UserSimple
    delegate                            : object
    delegates                           : list
    reasons                             : list
    created-by updated-by               : object UserSimple

Approval/embedded <approval> = Approval
    id created-at updated-at position approval-chain-id status approval-date note type
    approvable-type approvable-id approver-id approver-type holdable

SupplierRemitTo <supplier-remit-to>
    id                                  : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    supplier-name                       : text ?20 @company
    remit-to-code                       : text ?30 RT-{id:05}
    street1                             : text @street
    street2                             : text ?70 @word
    city                                : text @city
    state                               : text ?30 @state
    postal-code                         : text {id:05}
    tax-prefix                          : text ?70 DE|FR
    tax-number                          : text ?60 {id:09}
    country                             : object Country

Attachment <attachment>
    id                                  : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    type                                : text AttachmentFile
    file-file-name                      : text ?10 scan {id}, final.pdf
    file-content-type                   : text application/pdf|image/png
    # A number that Coupa sends as text (doc 0275).
    file-file-size                      : text 1{id:04}
    intent                              : text Internal|Supplier
    text                                : text ?80 @note

InvoiceLineAllocation <invoice-line-allocation>
    id                                  : id
    pct                                 : decimal 10..99 .6
    amount                              : decimal 1..900 .4
    billing-note                        : text ?80 @note
    account                             : object dynamic:12 Account/line
    period                              : object ?60 Period

InvoiceLine <invoice-line>
    *id                                 : id
    created-at                          : datetime created 4
    updated-at                          : datetime updated 4
    *line-num                           : integer line 4
    type                                : text weighed InvoiceQuantityLine=2 InvoiceAmountLine
    description                         : text @goods
    status                              : text ?60 new|approved
    price                               : decimal 0:3 1..900 .6
    quantity                            : decimal 1..40 .1
    total                               : decimal = price * quantity
    accounting-total                    : decimal 1..30000 .2
    discount-amount                     : decimal ?85 0..90 .3
    net-weight price-per-uom            : decimal ?90 1..90 .6
    tax-rate                            : text ?60 19.0|20.0|7.25
    tax-amount                          : text ?60 0.00|12.10
    tax-distribution-total shipping-distribution-total handling-distribution-total
    misc-distribution-total             : decimal ?20 0:75 1..80 .2
    tax-code-engine tax-amount-engine tax-rate-engine tax-location tax-description
    tax-supply-date fiscal-code hsn-sac-code customs-declaration-number delivery-note-number
    company-uom classification-of-goods municipality-taxation-code property-tax-account
    item-barcode match-reference deductibility : text ?98 @word
    category subcategory unspsc         : text ?85 @word
    billing-note                        : text ?70 @note
    adjustment-type                     : enum ?92 price quantity other
    order-header-num                    : text ?35 PO{id/4:06}
    order-line-id                       : integer ?35 1..4000
    order-line-num                      : text ?35 1|2|3
    po-number                           : text = order-header-num
    source-part-num supp-aux-part-num order-line-source-part-num : text ?60 P-{id:05}
    original-date-of-supply             : datetime ?90 day -30..0
    account                             : object dynamic:12 Account/line
    currency                            : object of 4 InvoiceHeader Currency
    accounting-total-currency           : object Currency
    commodity                           : object ?40 Commodity
    uom                                 : object ?15 Uom
    weight-uom                          : object ?95 Uom
    item                                : object ?60 Item/brief
    contract                            : object ?80 Contract/brief
    period                              : object ?85 Period
    tax-code                            : object ?60 TaxCode
    account-allocations                 : list 0..1 InvoiceLineAllocation
    tax-lines                           : list 0..1 TaxLine
    withholding-tax-lines failed-tolerances : list
    tags                                : list 0..1 Tag
    taggings                            : list 0..1 Tagging
    created-by updated-by               : object UserSimple

InvoiceCharge <invoice-charge>
    id                                  : id
    type                                : text InvoiceShippingCharge|InvoiceHandlingCharge|InvoiceMiscCharge
    line-num                            : integer line 2
    total                               : decimal 0:20 1..90 .2
    distributed                         : boolean 80%
    account                             : object ?70 Account/line

Payment <payment>
    id                                  : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    payable-type                        : text InvoiceHeader
    payable-id                          : integer each 1
    amount-paid                         : decimal 1..9000 .2
    check-number                        : text ?50 {id:07}
    notes                               : text ?70 @note
    payment-date                        : datetime day 5..60

DisputeReason <dispute-reason> x5
    id                                  : id
    *code                               : text cycle price|quantity|damaged|"other"|tax
    description                         : text ?20 @note

Invoice-FailedTolerance <failed-tolerance>
    id                                  : id
    code                                : text price|quantity|total
    breach-amount                       : text 12.50|0.01
    breach-limit                        : text 10.00|0.00
    resolved                            : boolean 50%

InvoiceHeader <invoice-header>
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    *invoice-number                     : text INV-{id:06}
    invoice-date                        : datetime day -12..0
    status                              : enum approved=66 pending_approval=9 voided=4 draft=4 new=3 pending_receipt=3 disputed=2 on_hold=2 ap_hold=1 rejected=1 abandoned=1 booking_hold=1 pending_action=1 processing=1 invalid=1 payable_adjustment=1
    document-type                       : text Invoice|Invoice|Invoice|Invoice|Invoice|Invoice|Invoice|Invoice|Credit Note
    is-credit-note                      : boolean = document-type is Credit Note
    exported                            : boolean 40%
    last-exported-at                    : datetime if exported time 1..30
    paid                                : boolean 35%
    payment-date                        : datetime if paid day 5..60
    canceled compliant content-validation supplier-created split-payment-mechanism
    line-level-taxation                 : boolean 10%
    channel                             : text ?5 weighed inbound_email=4 csp=3 cxml=2 ui=2
    line-count                          : integer = count invoice-lines
    lock-version-key                    : integer 1..9
    currency-id                         : integer = currency id
    gross-total                         : decimal = sum invoice-lines total
    supplier-total total-with-taxes net-total-less-discount gross-total-less-discount
    amount-due                          : decimal = gross-total
    amount-due-less-discount            : decimal ?70 1..9000 .2
    tax-amount                          : decimal ?10 0:30 1..900 .2
    tax-rate                            : decimal ?60 5..20 .1
    shipping-amount handling-amount misc-amount : decimal ?15 0:70 1..90 .2
    discount-amount discount-percent    : decimal ?60 0:50 1..20 .1
    exchange-rate                       : decimal ?70 0..2 .9
    total-taxes-less-discount customer-accounting-tax customer-accounting-tax-less-discount
    tax-due-to-supplier tax-amount-engine tax-rate-engine taxes-in-origin-country-currency
    origin-currency-gross origin-currency-net : decimal ?85 0:40 1..900 .2
    advance-payment-received-amount amount-of-advance-payment correct-value-of-supply
    original-value-of-supply credit-note-differences-with-original-invoice
    withholding-tax-override            : decimal ?97 1..900 .4
    date-received                       : datetime ?10 day -5..3
    net-due-date                        : datetime ?5 day 10..60
    discount-due-date delivery-date     : datetime ?70 day 3..20
    original-invoice-date pre-payment-date customs-declaration-date transaction-notification-date
    date-of-discovery-of-facts-decisive-for-correction : datetime ?95 day -60..0
    original-invoice-number             : text ?95 INV-{id:06}
    comments                            : text ?75 @note
    internal-note supplier-note payment-notes : text ?85 @note
    dispute-method                      : text ?96 credit_note|resolve
    credit-reason                       : text ?95 @note
    image-scan                          : text ?60 scan-{id}.pdf
    image-scan-content-type             : text ?60 application/pdf|image/tiff
    image-scan-file-name                : text ?60 scan, {id}.pdf
    # A number that Coupa sends as text (OAS R39).
    image-scan-file-size                : text ?60 2{id:04}
    image-scan-url                      : text ?60 https://files.example.com/scan/{id}
    inbox-name                          : text ?70 Default
    requester-email                     : text ?90 requester{id}@example.com
    requester-name requester-lookup-name : text ?90 @family
    sender-email                        : text ?80 billing{id}@example.com
    payment-method                      : text ?70 wire|check|card
    payment-channel                     : text ?70 ERP|CoupaPay
    coupa-accelerate-status             : enum ?97 accelerated
    delivery-number payment-order-number payment-order-reference confirmation
    invoice-reference-number            : text ?85 R{id:06}
    tolerance-failures                  : text ?90 price, quantity|total
    transaction-uuid                    : text ?80 00000000-0000-4000-8000-{id:012}
    archive-entity-id                   : integer ?95 1..900
    buyer-representative-name cash-accounting-scheme-reference cash-register-operator
    clearance-document currency-tax-rounding-mode customs-declaration-number customs-office
    early-payment-provisions endorsement-on-invoices folio-number form-of-payment freight-type
    invoice-issuance-time issuance-place late-payment-penalties margin-scheme means-of-payment
    municipal-tax-number national-enrollment-of-conveyor nature-of-operation
    new-means-of-transport place-of-issuance place-of-supply protocol-number resolution-number
    reverse-charge-reference security-code-of-issuer self-billing-reference
    serial-code-of-fiscal-invoice series signed-qr-code state-tax-number
    state-tax-number-for-substitute-taxpayer supplier-invoice-issuer-name
    supplier-invoice-reviewer-name supplier-payment-collector-name supplier-representative-name
    tax-code-engine type-of-document type-of-operation type-of-receipt type-of-relationship
    unique-identification-code-of-cash-receipt use-of-invoice vehicle-license-plate
    verification-code volume-amount volume-brand volume-gross-weight volume-liquid-weight
    volume-numbering volume-type        : text ?98 @word
    account-type                        : object ?3 AccountType
    bill-to-address                     : object ?10 Address/brief
    ship-to-address                     : object ?15 Address/brief
    remit-to-address                    : object ?20 RemitToAddress/brief
    supplier-remit-to                   : object ?80 SupplierRemitTo
    invoice-from-address ship-from-address : object ?85 SupplierRemitTo
    supplier                            : object Supplier/brief
    supplier-site                       : object ?92 SupplierSite
    contract                            : object ?85 Contract/brief
    currency                            : object Currency
    origin-currency                     : object ?95 Currency
    payment-term                        : object ?10 PaymentTerm
    shipping-term                       : object ?70 ShippingTerm
    tax-code                            : object ?60 TaxCode
    destination-country origin-country legal-destination-country : object ?90 Country
    buyer-tax-registration supplier-tax-registration : object ?85 TaxRegistration
    requested-by                        : object ?40 UserSimple
    abandon-reason inbound-invoice pay-invoice : object
    invoice-lines                       : list 1..4 InvoiceLine
    invoice-charges                     : list 0..1 InvoiceCharge
    tax-lines                           : list 0..1 TaxLine
    withholding-tax-lines tcs-tax-lines reconciliation-lines current-integration-history-records
    invoice-payment-receipts payment-agreement-notes : list
    failed-tolerances                   : list 0..1 Invoice-FailedTolerance
    dispute-reasons                     : list 0..1 DisputeReason
    payments                            : list 0..1 Payment
    approvals                           : list at 3n Approval/embedded
    attachments                         : list 0..1 Attachment
    tags                                : list 0..2 Tag
    taggings                            : list 0..1 Tagging
    created-by updated-by               : object UserSimple
    cost-center-note                    : text ?40 @note
    erp-batch                           : integer ?30 1..999
    custom-fields                       : map ?20 erp-number=A-1|A-2| region=EMEA|APAC|
"""
