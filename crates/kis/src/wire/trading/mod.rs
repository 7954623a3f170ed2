//! Orders, lists of orders, holdings, cash, profit and loss (specification §5).

mod balance;
mod list;
mod order;
mod profit;
mod reservation;
pub mod rows;

pub use balance::{
    InquireAccountBalanceQuery, InquireAccountBalanceRow, InquireAccountBalanceSummary, InquireBalanceQuery,
    InquireBalanceRlzPlQuery, InquireBalanceRlzPlRow, InquireBalanceRlzPlSummary, InquireBalanceRow,
    InquireBalanceSummary,
};
pub use list::{
    InquireDailyCcldQuery, InquireDailyCcldRow, InquireDailyCcldSummary, InquirePsblRvsecnclQuery,
    InquirePsblRvsecnclRow,
};
pub use order::{
    InquirePsblOrderOutput, InquirePsblOrderQuery, InquirePsblSellOutput, InquirePsblSellQuery, OrderCashRequest,
    OrderOutput, OrderRvsecnclRequest,
};
pub use profit::{
    InquirePeriodProfitQuery, InquirePeriodProfitRow, InquirePeriodProfitSummary, InquirePeriodTradeProfitQuery,
    InquirePeriodTradeProfitRow, InquirePeriodTradeProfitSummary,
};
pub use reservation::{
    OrderResvCcnlQuery, OrderResvCcnlRow, OrderResvOutput, OrderResvRequest, OrderResvRvsecnclOutput,
    OrderResvRvsecnclRequest,
};
