//! How the pages of a list hang together (§3.4). A chain that breaks is no list.

use exodus_domain::testing::{Defect, planted};

use super::envelope::more;

/// The most pages of one list: 20,000 orders of a day.
const MOST_PAGES: usize = 200;

/// What comes after a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Another one.
    Next,
    /// Nothing: the list is whole.
    End,
}

/// The pages of one list, as far as they were read.
#[derive(Clone, Debug)]
pub struct Chain {
    call: &'static str,
    pages: usize,
    last_key: String,
}

impl Chain {
    /// The chain of a call, before its first page.
    pub fn new(call: &'static str) -> Self {
        Self { call, pages: 0, last_key: String::new() }
    }

    /// Takes a page in: its header `tr_cont`, and the key to the next one.
    ///
    /// # Errors
    /// Why the chain is broken. What was read of it proves nothing.
    pub fn link(&mut self, tr_cont: &str, key: &str) -> Result<Link, String> {
        self.pages += 1;
        match more(tr_cont) {
            Some(true) if planted(Defect::FirstPageOnly) => return Ok(Link::End),
            Some(true) => {}
            Some(false) => return Ok(Link::End),
            None => return Err(self.broken("it does not say whether more follows")),
        }
        let key = key.trim();
        if key.is_empty() {
            return Err(self.broken("more follows, but without the key to it"));
        }
        if key == self.last_key {
            return Err(self.broken("the key to the next page leads to this one"));
        }
        if self.pages == MOST_PAGES {
            return Err(self.broken("there is no end to it"));
        }
        key.clone_into(&mut self.last_key);
        Ok(Link::Next)
    }

    fn broken(&self, why: &str) -> String {
        format!("{}, page {}: {why}", self.call, self.pages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_ends_where_it_says_so_and_breaks_where_it_leads_nowhere() {
        let mut whole = Chain::new("list");
        assert_eq!(whole.link("F", "a"), Ok(Link::Next));
        assert_eq!(whole.link("M", "b"), Ok(Link::Next));
        assert_eq!(whole.link("E", ""), Ok(Link::End));
        for (tr_cont, key) in [("M", ""), ("M", "a"), ("X", "b")] {
            let mut chain = Chain::new("list");
            assert_eq!(chain.link("F", "a"), Ok(Link::Next));
            assert!(chain.link(tr_cont, key).is_err(), "{tr_cont} {key}");
        }
        let mut endless = Chain::new("list");
        let broken = (0..=MOST_PAGES).find(|page| endless.link("M", &page.to_string()).is_err());
        assert_eq!(broken, Some(MOST_PAGES - 1));
    }
}
