//! Client of the KIS OpenAPI of Korea Investment & Securities (한국투자증권): wire types, tokens, budget, REST, stream.

pub mod wire;
