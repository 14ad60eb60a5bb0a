"""Tables of warehouses and of goods received."""

TABLES = """
Warehouse <warehouse> x10
    *id                                 : id
    *name                               : text Warehouse {id:02}
    description                         : text ?60 @word
    active-flag                         : boolean 95%

WarehouseLocation <warehouse-location> x60
    *id                                 : id
    label                               : text Aisle {id:02}
    aisle bin level                     : text ?30 1|2|B-3
    active                              : boolean 95%

InspectionCode <inspection-code> x5
    *id                                 : id
    *code                               : text cycle OK|HOLD|SCRAP|RETURN|"?"
    description                         : text ?40 @word

InventoryTxnAllocation <inventory-txn-allocation>
    id                                  : id
    amount                              : decimal 1..900 .4
    pct                                 : decimal 10..99 .6
    account                             : object dynamic:12 Account/line

AssetTag <asset-tag>
    id                                  : id
    tag                                 : text T{id:06}
    serial-number                       : text ?30 SN{id:08}
    owner                               : text ?60 @family
    note                                : text ?70 @note

OrderLine/brief <order-line> x4000 = OrderLine
    id line-num type description order-header-id order-header-number price quantity total
    source-part-num

InventoryTransaction <inventory-transaction>
    *id                                 : id
    created-at                          : datetime created
    updated-at                          : datetime updated
    type                                : text InventoryReceipt
    status                              : text weighed created=18 voided=2
    transaction-date                    : datetime time 0..2
    quantity                            : decimal ?10 0:3 1..60 .6
    price                               : decimal ?10 1..900 .6
    total                               : decimal = price * quantity
    received-weight                     : decimal ?90 1..90 .6
    voided-value                        : decimal ?90 1..60 .6
    exported                            : boolean 40%
    last-exported-at                    : datetime if exported time 1..30
    soft-close-for-receiving            : boolean 10%
    barcode rfid-tag                    : text ?85 {id:013}
    match-reference                     : text ?60 DN-{id:05}
    comments notes                      : text ?60 @note
    receipts-batch-id                   : integer ?50 1..300
    original-transaction-id             : integer ?95 1..1000
    account                             : object dynamic:12 Account/line
    currency                            : object Currency
    item                                : object ?50 Item/brief
    order-line                          : object OrderLine/brief
    uom                                 : object ?10 Uom
    from-warehouse                      : object ?90 Warehouse
    to-warehouse                        : object ?40 Warehouse
    from-warehouse-location             : object ?95 WarehouseLocation
    to-warehouse-location               : object ?60 WarehouseLocation
    inspection-code                     : object ?80 InspectionCode
    asn-header asn-line original-transaction reason-insight receipt receiving-form-response : object
    account-allocations                 : list 0..1 InventoryTxnAllocation
    asset-tags                          : list 0..1 AssetTag
    attachments                         : list 0..1 Attachment
    inventory-transaction-lots inventory-transaction-valuations
    current-integration-history-records : list
    created-by updated-by               : object UserSimple
    dock-note                           : text ?60 @note
    custom-fields                       : map ?50 carrier-code=DHL|UPS|
"""
