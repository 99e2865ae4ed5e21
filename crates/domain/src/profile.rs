//! What a person's email address, password and name may be.

use crate::limits::{EMAIL_BYTES_MAX, NAME_CHARS_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use crate::{Violation, text};

/// An email address as typed (trimmed, NFC), and the lower-cased form that accounts are found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    address: String,
    lookup: String,
}

impl Email {
    /// Checks an address: one `@` with something on both sides, no blanks or control characters, at most 254 bytes. Whether anyone
    /// reads mail there, only a letter can tell, so there are no further rules.
    pub fn parse(field: &str, address: &str) -> Result<Self, Violation> {
        let address = text::nfc(address.trim().to_owned());
        let refuse = |code, message: &str| Err(Violation::new(field, code, message));
        if address.len() > EMAIL_BYTES_MAX {
            return Err(Violation::new(
                field,
                "too_long",
                format!("must have at most {EMAIL_BYTES_MAX} bytes: give a shorter address"),
            ));
        }
        if address.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return refuse(
                "invalid",
                "must not hold blanks or control characters: give an address such as ada@example.org",
            );
        }
        match address.split_once('@') {
            Some((local, domain)) if !local.is_empty() && !domain.is_empty() && !domain.contains('@') => {}
            _ => {
                return refuse(
                    "invalid",
                    "must have one @ between a name and a domain: give an address such as ada@example.org",
                );
            }
        }
        let lookup = address.to_lowercase();
        Ok(Self { address, lookup })
    }

    /// The address as the person typed it.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The lower-cased form: two addresses that differ only in case are one account.
    pub fn lookup(&self) -> &str {
        &self.lookup
    }
}

/// Checks a new password: 10 to 128 characters, and not the person's own address. It is taken as typed, never trimmed.
pub fn check_password(field: &str, password: &str, email: &str) -> Result<(), Violation> {
    let chars = password.chars().count();
    if chars < PASSWORD_CHARS_MIN {
        return Err(Violation::new(
            field,
            "too_short",
            format!("must have at least {PASSWORD_CHARS_MIN} characters: add some more words"),
        ));
    }
    if chars > PASSWORD_CHARS_MAX {
        return Err(Violation::new(
            field,
            "too_long",
            format!("must have at most {PASSWORD_CHARS_MAX} characters: shorten it"),
        ));
    }
    if password.trim().to_lowercase() == email.trim().to_lowercase() {
        return Err(Violation::new(
            field,
            "same_as_email",
            "must not be the email address: choose another",
        ));
    }
    Ok(())
}

/// Cleans a person's name: one line, trimmed, NFC, at most 200 characters. A blank name is no name.
pub fn clean_name(field: &str, name: &str) -> Result<Option<String>, Vec<Violation>> {
    if name.trim().is_empty() {
        return Ok(None);
    }
    let mut found = Vec::new();
    let name = text::line(field, name.to_owned(), NAME_CHARS_MAX, &mut found);
    if found.is_empty() { Ok(Some(name)) } else { Err(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_trimmed_and_found_in_lower_case() {
        let email = Email::parse("email", " Ada@Example.org\n").unwrap();
        assert_eq!((email.as_str(), email.lookup()), ("Ada@Example.org", "ada@example.org"));
        assert_eq!(Email::parse("email", "JÖRG@MÜLLER.DE").unwrap().lookup(), "jörg@müller.de");
        assert!(Email::parse("email", "a@b").is_ok());
        assert!(Email::parse("email", &format!("{}@b.de", "a".repeat(249))).is_ok());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a@b@c",
            "a b@c",
            "a@b\u{a0}c",
            "a\0@b",
            "@",
        ] {
            let violation = Email::parse("email", bad).unwrap_err();
            assert_eq!((violation.field.as_str(), violation.code), ("email", "invalid"), "{bad:?}");
        }
        assert_eq!(
            Email::parse("email", &format!("{}@b.de", "a".repeat(250))).unwrap_err().code,
            "too_long"
        );
    }

    #[test]
    fn a_password_has_length_and_is_not_the_address() {
        let code = |password: &str| check_password("password", password, "Ada@Example.org").map_err(|violation| violation.code);
        assert_eq!(code("123456789"), Err("too_short"));
        assert_eq!(code("äöüäöüäöü"), Err("too_short"), "characters, not bytes");
        assert_eq!(code("1234567890"), Ok(()));
        assert_eq!(code(&"ö".repeat(128)), Ok(()));
        assert_eq!(code(&"x".repeat(129)), Err("too_long"));
        assert_eq!(code("ADA@example.ORG"), Err("same_as_email"));
        assert_eq!(code("          "), Ok(()), "blanks are characters");
    }

    #[test]
    fn a_name_is_one_line_or_none() {
        assert_eq!(clean_name("name", " Ada "), Ok(Some("Ada".to_owned())));
        assert_eq!(clean_name("name", "  "), Ok(None));
        assert_eq!(clean_name("name", "A\nB").unwrap_err()[0].code, "control_character");
        assert_eq!(clean_name("name", &"x".repeat(201)).unwrap_err()[0].code, "too_long");
    }
}
