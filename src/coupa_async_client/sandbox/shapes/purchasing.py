"""Tables of requisitions, purchase orders and the items they name."""

TABLES = """
SustainabilityDetail <sustainability-detail>
    id                                  : id
    level                               : integer 1..5
    title                               : text @word
    url                                 : text ?40 https://example.com/label/{id}

ItemTaxDetail <item-tax-detail>
    id                                  : id
    cfop ncm                            : text ?50 @word

Item <item> x1000
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    *name                               : text @goods
    description                         : text ?10 @note
    *item-number                        : text ?10 ITEM-{id:05}
    item-type                           : text Item
    active                              : boolean 92%
    manufacturer-name                   : text ?50 @company
    manufacturer-part-number            : text ?50 M/{id:06}
    image-url external-image-url        : text ?80 https://images.example.com/{id}.png
    connect-item-id                     : integer ?90 1..900
    consumption-quantity storage-quantity : integer ?70 1..40
    reorder-alerts                      : text ?80 on|off
    reorder-point                       : decimal ?70 1..100 .1
    net-weight pack-qty pack-weight     : decimal ?60 1..90 .6
    inventory-lot-expiration-type       : text ?90 fefo|none
    inventory-lot-tracking-enabled require-asset-tag require-inspection
    allow-partial-quantity dual-uom-allowed
    receive-catch-weight use-pack-weight : boolean 10%
    pack-uom-id                         : integer = pack-uom id
    commodity                           : object ?20 Commodity
    uom                                 : object ?5 Uom
    consumption-uom storage-uom net-weight-uom pack-uom : object ?70 Uom
    receiving-form                      : object
    sustainability-detail               : object ?80 SustainabilityDetail
    tax-detail                          : object ?85 ItemTaxDetail
    created-by updated-by               : object UserSimple
    legacy-code                         : text ?50 00{id}
    custom-fields                       : map ?40 hazard-class=3|8|

Item/brief <item> = Item
    id created-at updated-at name description item-number active

OrderLineAllocation <order-line-allocation>
    id                                  : id
    amount                              : decimal 1..900 .4
    pct                                 : decimal 10..99 .6
    account                             : object dynamic:12 Account/line
    period                              : object ?60 Period

OrderLine <order-line>
    *id                                 : id
    created-at                          : datetime created 4
    updated-at                          : datetime updated 4
    *line-num                           : text cycle 1|2|3|4
    sub-line-num                        : integer ?95 1..3
    version                             : integer 1..4
    type                                : text weighed OrderQuantityLine=2 OrderAmountLine
    description                         : text @goods
    status                              : text weighed created=6 received=3 closed
    order-header-id                     : integer each 4
    order-header-number                 : text PO{id/4:06}
    price                               : decimal 0:3 1..900 .6
    quantity                            : decimal 1..40 .1
    total                               : decimal = price * quantity
    accounting-total reporting-total    : decimal ?30 1..30000 .2
    invoiced                            : decimal 0:60 1..30 .6
    received                            : text ?40 0|1.0|12.5
    total-invoiced                      : text ?40 0.00|120.50
    minimum-order-quantity order-increment : decimal ?92 1..10 .6
    savings-pct                         : decimal ?80 1..30 .2
    need-by-date                        : datetime ?40 day 3..60
    source-part-num supp-aux-part-num manufacturer-part-number : text ?60 P-{id:05}
    manufacturer-name                   : text ?80 @company
    supplier-order-number external-reference-number : text ?90 X{id:05}
    external-reference-type             : enum ?95 staff_augmentation sow_project
    match-type                          : enum ?20 direct_matching 3-way-fifo 3-way=5 2-way=5 none
    service-type                        : text ?92 @word
    receipt-required                    : boolean 60%
    receipt-approval-required invoice-stop : boolean 5%
    requisition-line-id                 : text ?30 {id}
    easy-form-response-id supplier-site-id : integer ?95 1..200
    account                             : object dynamic:12 Account/line
    account-type                        : object ?60 AccountType
    currency                            : object of 4 OrderHeader Currency
    accounting-total-currency           : object ?30 Currency
    commodity                           : object ?40 Commodity
    contract                            : object ?80 Contract/brief
    department                          : object ?70 Department
    item                                : object ?60 Item/brief
    period                              : object ?85 Period
    supplier                            : object ?50 Supplier/name
    third-party-supplier                : object ?98 Supplier/name
    uom                                 : object ?15 Uom
    receiving-warehouse                 : object ?90 Warehouse
    line-owner requester                : object ?80 UserSimple
    account-allocations                 : list 0..1 OrderLineAllocation
    attachments                         : list 0..1 Attachment
    milestones recurring-rules asset-tags amount-components : list
    created-by updated-by               : object UserSimple

RequisitionHeader <requisition-header> x1000
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    req-title                           : text ?50 @note
    status                              : enum ordered=40 approved=14 pending_approval=14 draft=8 cart=5 pending_buyer_action=5 partially_received=5 received=6 abandoned=1 backgrounded=1 withdrawn=1
    submitted-at                        : datetime ?15 time 0..3
    need-by-date                        : datetime ?40 day 5..60
    justification buyer-note            : text ?60 @note
    reject-reason-comment               : text ?93 @note
    external-po-reference               : text ?95 EXT{id:05}
    exported                            : boolean 40%
    last-exported-at                    : datetime if exported time 1..30
    price-hidden                        : boolean 2%
    receiving-warehouse-id              : integer ?90 1..10
    ship-to-attention                   : text ?50 @family
    line-count                          : integer = count requisition-lines
    total mobile-total                  : decimal = sum requisition-lines total
    mobile-currency                     : text = currency
    # Only the code (OAS R39), unlike the currency of other documents.
    currency                            : text weighed USD=6 EUR=3 GBP JPY
    department                          : object ?20 Department
    requested-by requester              : object UserSimple
    approver                            : object ?70 UserSimple
    ship-to-address                     : object ?10 Address/brief
    pcard                               : object ?95 Pcard
    current-approval                    : object ?80 Approval/embedded
    requisition-lines                   : list 1..4 RequisitionLine
    approvals                           : list at 3n+1 Approval/embedded
    current-parallel-approvals milestones recurring-rules : list
    attachments                         : list 0..1 Attachment
    tags                                : list 0..1 Tag
    taggings                            : list 0..1 Tagging
    user-members                        : list 0..1 UserSimple
    user-group-members                  : list 0..1 UserGroup
    created-by updated-by               : object UserSimple
    cost-center-note                    : text ?40 @note
    custom-fields                       : map ?30 project-code=P-1|P-2|

ReqLineAllocation <req-line-allocation>
    id                                  : id
    amount                              : decimal 1..900 .4
    pct                                 : decimal 10..99 .6
    account                             : object dynamic:12 Account/line

RequisitionLine <requisition-line>
    *id                                 : id
    created-at                          : datetime created 4
    updated-at                          : datetime updated 4
    *line-num                           : integer line 4
    sub-line-num                        : integer ?95 1..3
    line-type                           : enum RequisitionQuantityLine=3 RequisitionAmountLine
    description                         : text @goods
    status                              : text weighed created=3 ordered=6 pending_approval=2
    quantity                            : decimal 1..40 .1
    unit-price                          : decimal 0:3 1..900 .2
    unit-price-in-usd                   : decimal ?60 1..900 .2
    total                               : decimal = unit-price * quantity
    minimum-order-quantity order-increment : decimal ?92 1..10 .6
    confirm-by-hrs                      : decimal ?95 12..72 .1
    need-by-date                        : datetime ?40 day 3..60
    source-part-num supp-aux-part-num manufacturer-part-number : text ?60 P-{id:05}
    manufacturer-name                   : text ?80 @company
    unspsc-code                         : text ?80 43211503
    source source-type source-details service-type image-url form-response
    alternate-status                    : text ?90 @word
    transmission-method-override        : enum ?30 supplier_default=8 email do_not_transmit
    transmission-emails                 : text ?85 orders{id}@example.com,b{id}@example.com
    receipt-required                    : boolean 60%
    order-line-id                       : integer ?40 1..4000
    order-confirmation-level            : integer ?90 0..2
    supplier-site-id                    : integer ?95 1..200
    easy-form-response-id               : text ?98 {id}
    account                             : object dynamic:12 Account/line
    commodity                           : object ?40 Commodity
    contract                            : object ?80 Contract/brief
    currency                            : object Currency
    item                                : object ?60 Item/brief
    payment-term                        : object ?60 PaymentTerm
    shipping-term                       : object ?80 ShippingTerm
    supplier                            : object ?15 Supplier/name
    supplier-site                       : object ?95 SupplierSite
    uom                                 : object ?15 Uom
    line-owner                          : object ?80 UserSimple
    account-allocations                 : list 0..1 ReqLineAllocation
    tags                                : list 0..1 Tag
    taggings milestones recurring-rules alternates asset-tags attachments : list
    created-by updated-by               : object UserSimple

OrderHeader <order-header> x1000
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    *po-number                          : text PO{id:06}
    version                             : integer 1..4
    internal-revision                   : integer 1..6
    type                                : enum ?90 ExternalOrderHeader
    status                              : enum issued=60 closed=16 draft=4 cancelled=4 buyer_hold=4 currency_hold=1 error=1 expensed=2 supplier_hold=2 supplier_window_hold=1 exported=5
    change-type                         : enum ?80 change=3 revision=2 confirmation
    classification                      : enum ?93 msp supplier=2 vms
    exported                            : boolean 40%
    last-exported-at                    : datetime if exported time 1..30
    acknowledged-flag                   : boolean 35%
    acknowledged-at                     : datetime if acknowledged-flag time 1..10
    confirm-by-hrs                      : integer ?90 12..72
    order-confirmation-level            : integer ?60 0..2
    invoice-stop price-hidden           : boolean 3%
    coupa-accelerate-status             : enum ?97 accelerated
    payment-method                      : text weighed invoice=8 pcard
    ship-to-attention                   : text ?50 @family
    transmission-emails                 : text ?70 orders{id}@example.com,b{id}@example.com
    transmission-method-override        : enum supplier_default=8 email do_not_transmit
    transmission-status                 : enum created=2 deferred=1 deferred_processing=1 pending_manual=2 pending_manual_cancel=1 awaiting_online_purchase=1 scheduled_for_email=2 sent_via_email=20 scheduled_for_cxml=1 scheduled_for_xml=1 sent_via_cxml=4 sent_via_xml=2 sent_manually=3 purchased_online=1 transmission_failure=1
    currency                            : object Currency
    payment-term                        : object ?10 PaymentTerm
    shipping-term                       : object ?60 ShippingTerm
    pcard                               : object ?95 Pcard
    requester                           : object ?10 UserSimple
    ship-to-address                     : object ?10 Address/brief
    ship-to-user                        : object ?15 UserSimple
    supplier                            : object Supplier/brief
    supplier-site                       : object ?92 SupplierSite
    requisition-header                  : object ?20 RequisitionHeader/brief
    order-lines                         : list 1..4 OrderLine
    order-header-confirmations reason-insight-events current-integration-history-records
    milestones recurring-rules          : list
    attachments                         : list 0..1 Attachment
    user-members                        : list 0..1 UserSimple
    user-group-members                  : list 0..1 UserGroup
    created-by updated-by               : object UserSimple
    incoterm-place                      : text ?50 @note
    custom-fields                       : map ?30 project-code=P-1|P-2|

RequisitionHeader/brief <requisition-header> = RequisitionHeader
    id created-at updated-at req-title status submitted-at department requested-by
"""
