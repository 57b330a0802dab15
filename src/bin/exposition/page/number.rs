//! Numbers and times for people.

/// Formats a value with all its digits.
pub(crate) fn exact(value: f64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.into();
    }
    let size = value.abs();
    match size == 0.0 || (1e-6..1e21).contains(&size) {
        true => format!("{value}"),
        false => format!("{value:e}"),
    }
}

/// Formats a computed value with three digits.
pub(crate) fn rounded(value: f64) -> String {
    let size = value.abs();
    match () {
        () if !value.is_finite() => exact(value),
        () if size == 0.0 => "0".into(),
        () if !(1e-3..1e6).contains(&size) => format!("{value:.2e}"),
        () if size >= 100.0 => format!("{value:.0}"),
        () if size >= 10.0 => trimmed(format!("{value:.1}")),
        () if size >= 1.0 => trimmed(format!("{value:.2}")),
        () => trimmed(format!("{value:.4}")),
    }
}

fn trimmed(digits: String) -> String {
    match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.').into(),
        false => digits,
    }
}

/// Formats a whole number with its digits in groups of three.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns a number of things; the largest that there is, if that is too small.
pub(crate) fn whole(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Formats a number of things with their name.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    let name = if number == 1 { one } else { many };
    format!("{} {name}", grouped(number))
}

/// Formats bytes in the largest unit that fits.
pub(crate) fn bytes(bytes: f64) -> String {
    let mut left = bytes;
    for unit in ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] {
        if left.abs() < 1024.0 {
            return format!("{} {unit}", rounded(left));
        }
        left /= 1024.0;
    }
    format!("{} EiB", rounded(left))
}

/// Formats milliseconds since the Unix epoch as a date and a time of day in UTC.
pub(crate) fn date(millis: i64) -> String {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let of_day = millis.rem_euclid(DAY);
    let (year, month, day) = civil(millis.div_euclid(DAY));
    let (seconds, fraction) = (of_day / 1000, of_day % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = match fraction {
        0 => String::new(),
        fraction => format!(".{fraction:03}"),
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// Returns year, month and day of a day counted from the Unix epoch, in the Gregorian calendar. Counts years
/// from March, so that a leap day is the last of its year.
fn civil(days: i64) -> (i64, i64, i64) {
    const ERA: i64 = 146_097;
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}
