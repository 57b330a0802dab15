//! The forms in which users write the loop over a slice. The usual one is the slice door itself.

use exposition::{Line, Parser, Sample};

use crate::bodies::Body;
use crate::ours::add;
use crate::{Contestant, Gives, Run, Side, Tally};

/// The forms of loop, each a row.
pub(crate) const LOOPS: &[Contestant] = &[
    form("slice, `match line`", match_line),
    form("slice, `match &line`", match_reference),
    form("slice, `if let Ok(…) = line`", if_let),
    form("slice, `if let Ok(…) = &line`", if_let_reference),
    form("slice, `&line?`", question_mark_reference),
    form("slice, `while let Some(…) = next()`", while_let),
    form("slice, `while let Some(…) = next_line()?`", while_let_line),
    form("slice, `.flatten()`", flatten),
    form("slice, a function called with `&sample`", called),
];

const fn form(name: &'static str, prepare: for<'b> fn(&'b Body) -> Run<'b>) -> Contestant {
    let (side, gives) = (Side::Loop, Gives::Lines);
    Contestant {
        name,
        side,
        gives,
        prepare,
    }
}

fn lines(body: &Body) -> Parser<'_> {
    Parser::new(body.text.as_bytes(), body.dialect)
}

fn match_line(body: &Body) -> Run<'_> {
    Box::new(|| {
        let mut tally = Tally::default();
        for line in lines(body) {
            match line {
                Ok(Line::Sample(sample)) => add(&mut tally, &sample),
                Ok(_) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(tally)
    })
}

fn match_reference(body: &Body) -> Run<'_> {
    Box::new(|| {
        let mut tally = Tally::default();
        for line in lines(body) {
            match &line {
                Ok(Line::Sample(sample)) => add(&mut tally, sample),
                Ok(_) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(tally)
    })
}

fn if_let(body: &Body) -> Run<'_> {
    Box::new(|| {
        let mut tally = Tally::default();
        for line in lines(body) {
            if let Ok(Line::Sample(sample)) = line {
                add(&mut tally, &sample);
            }
        }
        Ok(tally)
    })
}

fn if_let_reference(body: &Body) -> Run<'_> {
    Box::new(|| {
        let mut tally = Tally::default();
        for line in lines(body) {
            if let Ok(Line::Sample(sample)) = &line {
                add(&mut tally, sample);
            }
        }
        Ok(tally)
    })
}

fn question_mark_reference(body: &Body) -> Run<'_> {
    fn read(body: &Body) -> exposition::Result<Tally> {
        let mut tally = Tally::default();
        for line in lines(body) {
            if let Line::Sample(sample) = &line? {
                add(&mut tally, sample);
            }
        }
        Ok(tally)
    }
    Box::new(|| read(body).map_err(|error| error.to_string()))
}

fn while_let(body: &Body) -> Run<'_> {
    Box::new(|| {
        let mut tally = Tally::default();
        let mut lines = lines(body);
        // A loop that users write, although `for` does the same.
        #[expect(clippy::while_let_on_iterator)]
        while let Some(line) = lines.next() {
            if let Ok(Line::Sample(sample)) = line {
                add(&mut tally, &sample);
            }
        }
        Ok(tally)
    })
}

fn while_let_line(body: &Body) -> Run<'_> {
    fn read(body: &Body) -> exposition::Result<Tally> {
        let mut tally = Tally::default();
        let mut lines = lines(body);
        while let Some(line) = lines.next_line()? {
            if let Line::Sample(sample) = line {
                add(&mut tally, &sample);
            }
        }
        Ok(tally)
    }
    Box::new(|| read(body).map_err(|error| error.to_string()))
}

fn flatten(body: &Body) -> Run<'_> {
    Box::new(|| {
        let mut tally = Tally::default();
        for line in lines(body).flatten() {
            if let Line::Sample(sample) = line {
                add(&mut tally, &sample);
            }
        }
        Ok(tally)
    })
}

/// Passes each sample to a function by reference, for which it must be put into memory.
fn called(body: &Body) -> Run<'_> {
    #[inline(never)]
    fn add_called(tally: &mut Tally, sample: &Sample<'_>) {
        add(tally, sample);
    }
    fn read(body: &Body) -> exposition::Result<Tally> {
        let mut tally = Tally::default();
        for line in lines(body) {
            if let Line::Sample(sample) = line? {
                add_called(&mut tally, &sample);
            }
        }
        Ok(tally)
    }
    Box::new(|| read(body).map_err(|error| error.to_string()))
}
