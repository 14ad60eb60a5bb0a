"""Tables of expense reports and their lines."""

TABLES = """
ExpenseCategory <expense-category> x12
    *id                                 : id
    *name                               : text cycle Hotel|Airfare|Meals|Taxi|Café & snacks|Mileage|Parking|Phone|Training|Books|Rail|Other, misc
    active                              : boolean 95%
    group                               : text ?40 Travel|Office

ExpenseArtifact <expense-artifact>
    id                                  : id
    image-file-name                     : text receipt {id}.jpg
    image-content-type                  : text image/jpeg|application/pdf
    image-file-size                     : text 3{id:04}

ExpenseAttendee <expense-attendee>
    id                                  : id
    first-name                          : text @given
    last-name                           : text @family
    company                             : text ?40 @company
    expense-attendee-type-name          : text Employee|Guest

ExpenseLine <expense-line>
    *id                                 : id
    created-at                          : datetime created 5
    updated-at                          : datetime updated 5
    *line-number                        : integer line 5
    type                                : text ExpenseLine
    expense-report-id                   : integer each 5
    expense-date                        : datetime day -30..0
    start-date end-date                 : datetime ?80 day -30..0
    description                         : text ?30 @note
    merchant                            : text ?20 @company
    reason                              : text ?70 @note
    status                              : text weighed approved=6 submitted=2 draft
    amount                              : decimal 1..900 .2
    approved-amount                     : decimal ?30 1..900 .2
    accounting-total reporting-total    : decimal ?30 1..900 .4
    foreign-currency-amount             : decimal ?80 1..900 .2
    receipt-total-amount                : decimal ?80 1..900 .2
    exchange-rate                       : decimal ?60 0..2 .9
    divisor                             : decimal ?90 1..3 .2
    employee-reimbursable               : boolean 85%
    requires-receipt over-limit allow-attach-preapproval
    employee-reimbursable-editable employee-reimbursable-overridden : boolean 10%
    frugality                           : enum ?90 shame praise
    external-src-name external-src-ref external-src-data : text ?90 @word
    custom-field-1 custom-field-2 custom-field-3 custom-field-4 custom-field-5 : text ?85 @word
    expense-category-custom-field-1 expense-category-custom-field-2 : text ?90 @word
    foreign-currency-id                 : integer ?80 1..6
    order-line-id parent-expense-line-id receipt-total-currency-id : integer ?96 1..6
    account                             : object dynamic:12 Account/line
    currency                            : object of 5 ExpenseReport Currency
    accounting-total-currency           : object ?30 Currency
    foreign-currency                    : object ?80 Currency
    expense-category                    : object ?5 ExpenseCategory
    period                              : object ?85 Period
    expensed-by                         : object UserSimple
    expense-artifacts                   : list 0..1 ExpenseArtifact
    expense-attendees                   : list 0..2 ExpenseAttendee
    account-allocations expense-line-taxes itemized-expense-lines
    expense-line-daily-per-diems        : list
    created-by updated-by               : object UserSimple

Comment <comment>
    id                                  : id
    created-at                          : datetime created
    comments                            : text @note
    comment-type                        : text ?50 ExpenseReportComment
    created-by                          : object UserSimple

ExpenseReportEventHistory <event>
    id                                  : id
    created-at                          : datetime created
    status                              : text draft|pending_approval|approved_for_payment

ExpenseReport <expense-report>
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    title                               : text ?10 @note
    status                              : text weighed approved_for_payment=62 draft=12 pending_approval=14 rejected=6 paid=6
    submitted-at                        : datetime ?15 time 0..6
    start-date                          : date ?55 -30..-6
    end-date                            : date ?55 -5..0
    report-due-date                     : datetime ?60 day 5..40
    total                               : decimal = sum expense-lines amount
    reimbursable-total-amount           : decimal = total
    exported                            : boolean 40%
    last-exported-at                    : datetime if exported time 1..30
    paid                                : boolean 35%
    past-due is-trip                    : boolean 10%
    audit-score                         : integer ?40 0..100
    auditor-note reject-reason          : text ?85 @note
    report-warnings                     : text ?90 @word
    erp-document-id                     : text ?60 ERP{id:06}
    erp-document-status                 : text ?60 posted|open
    external-src-name external-src-ref  : text ?85 @word
    payment-channel                     : text ?40 ERP|CoupaPay
    currency reimbursable-total-currency : object Currency
    expensed-by                         : object UserSimple
    submitted-by                        : object ?15 UserSimple
    payment                             : object ?85 Payment
    travel-trip                         : object
    expense-lines                       : list 1..5 ExpenseLine
    approvals                           : list at 3n+2 Approval/embedded
    comments                            : list 0..2 Comment
    events                              : list 0..1 ExpenseReportEventHistory
    expense-policy-violations expense-violations expense-report-preapprovals
    reconciliation-lines                : list
    created-by updated-by               : object UserSimple
    trip-purpose                        : text ?50 @note
    custom-fields                       : map ?40 client-billable=yes|no|
"""
