//! The part that all forms of cases share: their input.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Returns the bytes of a case's input: `input`, or `input_b64` where it is not UTF-8.
pub(crate) fn input(case: &Value) -> Result<Vec<u8>, String> {
    if let Some(text) = case["input"].as_str() {
        return Ok(text.as_bytes().to_vec());
    }
    let encoded = case["input_b64"].as_str().ok_or("no input")?;
    STANDARD.decode(encoded).map_err(|error| error.to_string())
}
