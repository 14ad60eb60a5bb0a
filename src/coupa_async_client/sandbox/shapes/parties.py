"""Tables of the people and companies: users, suppliers, and where to find them."""

TABLES = """
PhoneNumber <phone-number> x400
    id                                  : id
    country-code                        : text 1|44|49|81
    area-code                           : text ?20 650|415|30|3
    number                              : text 555{id:04}
    extension                           : text ?85 12|300

Role <role> x5
    *id                                 : id
    *name                               : text cycle Admin|User|Accounts Payable|Expense User|Edit Requisition as Approver
    description                         : text ?50 @word
    omnipotent                          : boolean 20%
    system-role                         : boolean 80%

ApprovalLimit <approval-limit> x12
    *id                                 : id
    *name                               : text Limit {id:02}
    amount                              : decimal 0:30 100..90000 .2
    subject                             : text requisition_header|expense_report|invoice_header|contract
    currency                            : object Currency

User <user> x1000
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    *login                              : text {firstname:login}.{lastname:login}{id}
    *email                              : text {login}@example.com
    purchasing-user                     : boolean 90%
    expense-user                        : boolean 70%
    sourcing-user inventory-user
    contracts-user analytics-user       : boolean 15%
    spend-guard-user ccw-user
    clm-advanced-user supply-chain-user
    risk-assess-user travel-user
    treasury-user aic-user msp-user
    category-planner-user supplier-user
    support-user                        : boolean 3%
    invoicing-user                      : boolean 40%
    employee-number                     : text ?30 E{id:05}
    firstname                           : text @given
    lastname                            : text @family
    middlename                          : text ?85 @given
    fullname                            : text {firstname} {lastname}
    api-user                            : boolean 2%
    active                              : boolean 93%
    salesforce-id                       : text ?97 003000{id:06}
    account-security-type               : integer cycle 0|0|0|1|2
    business-group-security-type        : integer ?5 0..1
    authentication-method               : text weighed coupa_credentials=6 saml=3 ldap
    sso-identifier                      : text ?60 {login}
    default-locale                      : text ?50 en|de|fr|ja|sv
    edit-invoice-on-quick-entry         : boolean 10%
    avatar-thumb-url                    : text ?90 /avatars/{id}/thumb.png
    mention-name                        : text {firstname:login}{lastname:login}{id}
    seniority-level business-function   : text ?90 @word
    employee-payment-channel            : text ?40 weighed ERP=5 CoupaPay
    allow-employee-payment-account-creation eligible-for-virtual-cards
    allow-user-to-upload-invoice-from-mobile : boolean 20%
    allowed-invoice-inboxes             : list
    supplier-id                         : integer ?98 1..1000
    # What real rows carry beside the Swagger's attributes (doc 0159).
    intake-user                         : boolean 3%
    phone-work                          : object ?40 PhoneNumber
    phone-mobile                        : object ?60 PhoneNumber
    country-of-residence                : object ?70 Country
    roles                               : list 1..3 Role
    manager                             : object ?8 UserSimple
    default-address                     : object ?60 Address/brief
    default-account                     : object ?60 dynamic:50 Account/line
    default-account-type                : object ?40 AccountType
    default-currency                    : object ?5 Currency
    pcard                               : object ?95 Pcard
    department                          : object ?15 Department
    legal-entity                        : object
    requisition-approval-limit expense-approval-limit
    invoice-approval-limit contract-approval-limit
    requisition-self-approval-limit expense-self-approval-limit
    invoice-self-approval-limit contract-self-approval-limit
    work-confirmation-approval-limit
    escalation-threshold                : object ?85 ApprovalLimit
    expenses-delegated-to
    can-expense-for                     : list 0..1 UserSimple
    content-groups                      : list 0..2 BusinessGroup
    account-groups                      : list
    approval-groups user-groups         : list 0..1 UserGroup
    working-warehouses                  : list 0..1 Warehouse
    inventory-organizations             : list
    created-by updated-by               : object UserSimple
    employee-badge                      : text ?50 B-{id:05}
    custom-fields                       : map ?30 t-shirt-size=S|M|L| desk=

UserSimple <user> = User
    id login employee-number firstname lastname fullname email salesforce-id avatar-thumb-url

Pcard <pcard> x20
    *id                                 : id
    name                                : text Card {id:02}
    nickname                            : text ?40 @word
    number                              : text XXXX-XXXX-XXXX-{id:04}
    expiry                              : text 2027-12
    active shared                       : boolean 80%

UserGroup <user-group> x15
    *id                                 : id
    *name                               : text Group {id:02}
    description                         : text ?60 @word
    active                              : boolean 95%
    can-approve open                    : boolean 50%

Contact <contact> x1000
    id                                  : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    email                               : text ?15 contact{id}@example.com
    name-prefix name-suffix             : text ?90 Dr.|Jr.
    name-additional                     : text ?95 @given
    name-given                          : text ?10 @given
    name-family                         : text ?10 @family
    name-fullname                       : text {name-given} {name-family}
    notes                               : text ?80 @note
    active                              : boolean 95%
    phone-work                          : object ?40 PhoneNumber
    phone-mobile phone-fax              : object ?80 PhoneNumber

Purpose <purpose> x3
    id                                  : id
    name                                : text cycle invoice|remit_to|ship_to
    kind                                : text address

Address <address> x1000
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    name                                : text ?15 HQ|Warehouse|Site "B"|Lager Süd|Dock 3, gate 1
    *location-code                      : text ?35 LOC{id:04}
    street1                             : text {id} Market St
    street2                             : text ?60 Suite 300|2nd floor, left|c/o "Acme"
    street3 street4                     : text ?95 Building A|Hof
    city                                : text @city
    state                               : text ?30 @state
    state-iso-code                      : text ?60 US-CA|US-NY|DE-BY
    postal-code                         : text 9{id:04}
    attention                           : text ?70 @note
    active                              : boolean 95%
    business-group-name                 : text ?20 Everyone|EMEA
    vat-number                          : text ?80 DE{id:09}
    local-tax-number                    : text ?90 @word
    type                                : text ?80 Address
    country                             : object Country
    vat-country                         : object ?80 Country
    external-src-ref                    : text ?90 ERP{id:06}
    external-src-name                   : text ?90 NetSuite|SAP
    tax-registrations                   : list 0..1 TaxRegistration
    purposes                            : list 0..1 Purpose
    content-groups                      : list 0..1 BusinessGroup
    created-by updated-by               : object UserSimple

Address/brief <address> = Address
    id created-at updated-at name location-code street1 street2 city state postal-code attention
    active vat-number country

SupplierAddress <supplier-address>
    id                                  : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    name                                : text ?30 @word
    location-code                       : text ?50 S{id:05}
    street1                             : text @street
    street2                             : text ?60 Suite 12|Hinterhaus, 2. OG
    city                                : text @city
    state                               : text ?30 @state
    postal-code                         : text {id:05}
    attention                           : text ?80 @note
    active                              : boolean 97%
    vat-number                          : text ?70 EU{id:09}
    country                             : object Country
    purposes                            : list 0..1 Purpose

# Row n belongs to supplier n // 2 + 1.
RemitToAddress <remit-to-address>
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    *remit-to-code                      : text ?20 RT-{id:05}
    name                                : text ?40 @word
    street1                             : text @street
    street2                             : text ?70 P.O. Box 7|c/o "Treasury", 3rd floor
    street3 street4                     : text ?97 Building A|Hof
    city                                : text @city
    state                               : text ?30 @state
    state-iso-code                      : text ?60 US-CA|US-NY|DE-BY
    postal-code                         : text {id:05}
    active                              : boolean 92%
    vat-number                          : text ?60 EU{id:09}
    local-tax-number                    : text ?85 @word
    external-src-ref                    : text ?70 ERP{id:06}
    external-src-name                   : text ?70 NetSuite|SAP
    country                             : object Country
    vat-country                         : object ?50 Country
    tax-registrations                   : list 0..1 TaxRegistration
    created-by updated-by               : object UserSimple

RemitToAddress/brief <remit-to-address> x1000 = RemitToAddress
    id created-at updated-at remit-to-code name street1 street2 city state postal-code active
    vat-number local-tax-number country

SupplierSite <supplier-site> x200
    *id                                 : id
    *code                               : text SITE{id:03}
    name                                : text ?20 @word
    active buyer-hold                   : boolean 50%
    po-method                           : enum cxml xml email=6 prompt mark_as_sent buy_online
    po-email                            : text ?40 site{id}@example.com

InvoiceEmail <invoice-email>
    id                                  : id
    email                               : text invoices{id}@example.com

OnlineStore <online-store>
    id                                  : id
    url                                 : text https://shop{id}.example.com/
    login                               : text ?50 buyer

Supplier <supplier> x1000
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    *name                               : text @company
    display-name                        : text {name}
    *number                             : text ?10 V{id:05}
    status                              : text weighed active=88 inactive=9 draft=3
    account-number                      : text ?60 {id:08}
    duns                                : text ?70 {id:09}
    tax-id                              : text ?50 {id:02}-7{id:06}
    website corporate-url storefront-url : text ?60 https://supplier{id}.example.com
    type                                : text ?90 @word
    po-method                           : enum cxml=10 xml=2 email=60 prompt=10 mark_as_sent=15 buy_online=3
    po-change-method                    : enum ?30 cxml=2 xml email=6 prompt mark_as_sent=2 buy_online
    po-email                            : text ?40 orders{id}@example.com
    payment-method                      : enum invoice=80 pcard=5 invoice_only=10 pcard_only=2 virtual_card=3
    invoice-matching-level              : enum 2-way=40 3-way=40 3-way-direct=5 none=15
    order-confirmation-level            : integer ?60 0..2
    remit-to-requirement                : integer ?70 0..2
    allow-change-requests               : integer ?60 0..1
    supplier-community-enablement       : integer ?80 0..3
    business-entity-id                  : integer ?80 1..900
    confirm-by-hrs                      : decimal ?90 12..72 .1
    savings-pct                         : decimal ?75 0..20 .2
    on-hold buyer-hold one-time-supplier do-not-accelerate
    disable-cert-verify allow-csp-access-without-two-factor
    scope-three-emissions               : boolean 4%
    allow-cxml-invoicing allow-inv-choose-billing-account allow-inv-from-connect
    allow-inv-no-backing-doc-from-connect allow-inv-unbacked-lines-from-connect
    allow-cn-no-backing-doc-from-connect allow-order-confirmation-item-substitutions
    hold-invoices-for-ap-review send-invoices-to-approvals
    coupa-pay-financing-only whitelist-dd : boolean ?20 25%
    default-locale                      : text ?70 en|de|ja
    cxml-domain cxml-supplier-domain cxml-invoice-buyer-domain
    cxml-invoice-supplier-domain        : text ?90 DUNS|NetworkId
    cxml-identity cxml-supplier-identity cxml-invoice-buyer-identity
    cxml-invoice-supplier-identity      : text ?90 AN{id:011}
    cxml-url                            : text ?90 https://cxml.example.com/{id}
    cxml-protocol cxml-ssl-version cxml-http-username
    scf-configs dd-settings             : text ?95 @word
    payment-term-id                     : integer = payment-term id
    primary-contact                     : object ?15 Contact
    primary-address                     : object ?10 SupplierAddress
    commodity                           : object ?60 Commodity
    payment-term                        : object ?20 PaymentTerm
    shipping-term                       : object ?60 ShippingTerm
    tax-code                            : object ?80 TaxCode
    parent                              : object ?95 Supplier/name
    online-store                        : object ?95 OnlineStore
    enterprise inventory-organization integration-contacts
    supplier-classification-detail supplier-enterprise-detail supplier-insurance-detail
    supplier-risk-detail supplier-tax-detail : object
    remit-to-addresses                  : list at 2n 2n+1 RemitToAddress/brief
    supplier-addresses                  : list 0..2 SupplierAddress
    supplier-sites                      : list 0..1 SupplierSite
    contacts                            : list 0..2 Contact
    customer-support-contacts diversities diversity-categories supplier-account-types : list
    invoice-emails                      : list 0..1 InvoiceEmail
    payment-terms                       : list 0..1 PaymentTerm
    preferred-commodities               : list 0..2 Commodity
    restricted-account-types account-types : list 0..1 AccountType
    content-groups                      : list 1..2 BusinessGroup
    taggings                            : list 0..1 Tagging
    created-by updated-by               : object UserSimple
    vendor-class                        : text ?40 Direct|Indirect|"A", strategic
    custom-fields                       : map ?25 erp-number=V-1|V-2| region=EMEA|APAC|

Supplier/brief <supplier> = Supplier
    id created-at updated-at name display-name number status account-number po-method
    payment-method primary-contact primary-address custom-fields

Supplier/name <supplier> = Supplier
    id name display-name number
"""
