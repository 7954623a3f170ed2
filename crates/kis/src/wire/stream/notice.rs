//! Notices of orders and fills (체결통보): H0STCNI0, in the mock environment H0STCNI9, encrypted (§7.8).

use std::fmt;

use chrono::NaiveTime;

use super::frame::width;
use super::record::record;
use super::{Code, FrameError, Padded, Record, records};

record! {
    /// Something happened to an order of a customer. It carries no number of its own, so it can be repeated, and nothing
    /// proves that it is whole: it is a reason to read the list, and never more (safety B11, B12).
    #[derive(Clone, Copy, Default, PartialEq, Eq)]
    Notice<'a> {
        /// HTS id of the customer.
        customer: &'a str = "CUST_ID",
        /// Account number and product, ten digits.
        account_no: &'a str = "ACNT_NO",
        /// Number of the order.
        order_no: &'a str = "ODER_NO",
        /// Number of the order that this one amends or cancels.
        original_no: &'a str = "OODER_NO",
        /// 01 sell, 02 buy.
        side: Code = "SELN_BYOV_CLS",
        /// 0 new, 1 amend, 2 cancel.
        change: Code = "RCTF_CLS",
        /// Order division (ORD_DVSN).
        division: Code = "ODER_KIND",
        /// 0 none, 1 IOC, 2 FOK.
        condition: Code = "ODER_COND",
        /// Issue.
        symbol: &'a str = "STCK_SHRN_ISCD",
        /// Shares filled; on receipts, shares ordered.
        quantity: Padded<10> = "CNTG_QTY",
        /// Price of the fill in won; on receipts that of the order, or zero.
        price: Padded<9> = "CNTG_UNPR",
        /// Time, KST.
        time: Option<NaiveTime> = "STCK_CNTG_HOUR",
        /// 0 accepted, 1 refused.
        refused: Code = "RFUS_YN",
        /// 1 receipt of an order, amendment, cancel or refusal; 2 fill.
        kind: Code = "CNTG_YN",
        /// 1 received, 2 confirmed, 3 IOC or FOK cancelled.
        acceptance: Code = "ACPT_YN",
        /// Branch.
        branch: &'a str = "BRNC_NO",
        /// Shares ordered.
        order_quantity: Padded<9> = "ODER_QTY",
        /// Name of the account.
        account_name: &'a str = "ACNT_NAME",
        /// Trigger price of a stop order.
        stop_price: &'a str = "ORD_COND_PRC",
        /// 1 KRX, 2 NXT, 3 SOR to KRX, 4 SOR to NXT.
        exchange: Code = "ORD_EXG_GB",
        /// The broker's own program should show it.
        popup: bool = "POPUP_YN",
        /// Not used.
        filler: &'a str = "FILLER",
        /// Credit class, 10 cash.
        credit_class: Code = "CRDT_CLS",
        /// Date of the loan.
        loan_date: &'a str = "CRDT_LOAN_DATE",
        /// Name of the issue.
        issue_name: &'a str = "CNTG_ISNM40",
        /// Price of the order in won.
        order_price: Padded<9> = "ODER_PRC",
    }
}

record! {
    /// A notice as it was until 2025-03: 23 fields.
    #[derive(Clone, Copy, Default, PartialEq, Eq)]
    LegacyNotice<'a> {
        /// HTS id of the customer.
        customer: &'a str = "CUST_ID",
        /// Account number and product, ten digits.
        account_no: &'a str = "ACNT_NO",
        /// Number of the order.
        order_no: &'a str = "ODER_NO",
        /// Number of the order that this one amends or cancels.
        original_no: &'a str = "OODER_NO",
        /// 01 sell, 02 buy.
        side: Code = "SELN_BYOV_CLS",
        /// 0 new, 1 amend, 2 cancel.
        change: Code = "RCTF_CLS",
        /// Order division (ORD_DVSN).
        division: Code = "ODER_KIND",
        /// 0 none, 1 IOC, 2 FOK.
        condition: Code = "ODER_COND",
        /// Issue.
        symbol: &'a str = "STCK_SHRN_ISCD",
        /// Shares filled; on receipts, shares ordered.
        quantity: Padded<10> = "CNTG_QTY",
        /// Price of the fill in won; on receipts that of the order, or zero.
        price: Padded<9> = "CNTG_UNPR",
        /// Time, KST.
        time: Option<NaiveTime> = "STCK_CNTG_HOUR",
        /// 0 accepted, 1 refused.
        refused: Code = "RFUS_YN",
        /// 1 receipt of an order, amendment, cancel or refusal; 2 fill.
        kind: Code = "CNTG_YN",
        /// 1 received, 2 confirmed, 3 IOC or FOK cancelled.
        acceptance: Code = "ACPT_YN",
        /// Branch.
        branch: &'a str = "BRNC_NO",
        /// Shares ordered.
        order_quantity: Padded<9> = "ODER_QTY",
        /// Name of the account.
        account_name: &'a str = "ACNT_NAME",
        /// Name of the issue, short.
        short_issue_name: &'a str = "CNTG_ISNM",
        /// Credit class, 10 cash.
        credit_class: Code = "CRDT_CLS",
        /// Date of the loan.
        loan_date: &'a str = "CRDT_LOAN_DATE",
        /// Name of the issue.
        issue_name: &'a str = "CNTG_ISNM40",
        /// Price of the order in won.
        order_price: Padded<9> = "ODER_PRC",
    }
}

/// Only what is nobody's secret: the account and its owner are left out.
impl fmt::Debug for Notice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice")
            .field("order_no", &self.order_no)
            .field("symbol", &self.symbol)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LegacyNotice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Notice::from(*self).fmt(f)
    }
}

impl<'a> From<LegacyNotice<'a>> for Notice<'a> {
    fn from(old: LegacyNotice<'a>) -> Self {
        Self {
            customer: old.customer,
            account_no: old.account_no,
            order_no: old.order_no,
            original_no: old.original_no,
            side: old.side,
            change: old.change,
            division: old.division,
            condition: old.condition,
            symbol: old.symbol,
            quantity: old.quantity,
            price: old.price,
            time: old.time,
            refused: old.refused,
            kind: old.kind,
            acceptance: old.acceptance,
            branch: old.branch,
            order_quantity: old.order_quantity,
            account_name: old.account_name,
            credit_class: old.credit_class,
            loan_date: old.loan_date,
            issue_name: old.issue_name,
            order_price: old.order_price,
            ..Self::default()
        }
    }
}

/// The notices of a decrypted body, of whichever version they are.
///
/// # Errors
/// [`FrameError`].
pub fn read_notices(count: usize, plain: &str) -> Result<Vec<Notice<'_>>, FrameError> {
    if width(count, plain)? < Notice::OLDEST {
        records::<LegacyNotice>(count, plain)?.map(|old| old.map(Notice::from)).collect()
    } else {
        records(count, plain)?.collect()
    }
}
