//! `watch` against servers whose bodies change.

mod ending;

use regex::Regex;
use serde_json::{Value, json};

use crate::support::run;
use crate::support::server::{Server, TEXT, reply};

/// What a server says one scrape after another, at last again and again.
const STORY: [&str; 7] = [
    // A baseline.
    "# TYPE hits counter\nhits{code=\"200\"} 10\nhits{code=\"500\"} 5\n\
     # TYPE t histogram\nt_bucket{le=\"+Inf\"} 4\nt_sum 8\nt_count 4\n\
     # TYPE temp gauge\ntemp 20\n# TYPE old gauge\nold{job=\"x\"} 1\n",
    // Things grow and move; one comes, one goes.
    "# TYPE hits counter\nhits{code=\"200\"} 30\nhits{code=\"500\"} 5\nhits{code=\"404\"} 1\n\
     # TYPE t histogram\nt_bucket{le=\"+Inf\"} 8\nt_sum 9\nt_count 8\n\
     # TYPE temp gauge\ntemp 15\n",
    // The server was started anew.
    "# TYPE hits counter\nhits{code=\"200\"} 2\nhits{code=\"500\"} 5\nhits{code=\"404\"} 1\n\
     # TYPE t histogram\nt_bucket{le=\"+Inf\"} 1\nt_sum 3\nt_count 1\n\
     # TYPE temp gauge\ntemp NaN\n",
    // Not an exposition.
    "hits{code=\"200\"} 2\nhits{ 1\n",
    // An error.
    "",
    // It is well again.
    "# TYPE hits counter\nhits{code=\"200\"} 12\nhits{code=\"500\"} 5\nhits{code=\"404\"} 1\n\
     # TYPE t histogram\nt_bucket{le=\"+Inf\"} 1\nt_sum 3\nt_count 1\n\
     # TYPE temp gauge\ntemp NaN\n",
    // Nothing changes, but a sample is there twice.
    "# TYPE hits counter\nhits{code=\"200\"} 12\nhits{code=\"500\"} 5\nhits{code=\"404\"} 1\nhits{code=\"404\"} 2\n\
     # TYPE t histogram\nt_bucket{le=\"+Inf\"} 1\nt_sum 3\nt_count 1\n\
     # TYPE temp gauge\ntemp NaN\n",
];

fn storyteller() -> Server {
    Server::new(|request, out| match STORY.get(request.number) {
        Some(&"") => reply(out, "503 Service Unavailable", "", b"starting\n"),
        body => reply(out, "200 OK", TEXT, body.unwrap_or(&STORY[6]).as_bytes()),
    })
}

/// Replaces times and what is computed from them.
fn masked(text: &str) -> String {
    let times = r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z";
    let text = Regex::new(times).unwrap().replace_all(text, "time=T");
    let text = Regex::new(r"(seconds|per_second)=[0-9.e+]+")
        .unwrap()
        .replace_all(&text, "$1=S");
    text.into_owned()
}

#[test]
fn a_line_a_scrape() {
    let server = storyteller();
    let ran = run([
        "watch",
        &server.metrics(),
        "--interval",
        "20ms",
        "--count",
        "7",
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let expected = "\
time=T up=1 seconds=S bytes=176 samples=7 series=7 new=0 stale=0 counters=0 resets=0 gauges=0
time=T up=1 seconds=S bytes=163 samples=7 series=7 new=1 stale=1 counters=2 resets=0 gauges=1 fastest=\"hits{code=\\\"200\\\"}\" per_second=S
time=T up=1 seconds=S bytes=163 samples=7 series=7 new=0 stale=0 counters=2 resets=2 gauges=1 fastest=\"hits{code=\\\"200\\\"}\" per_second=S
time=T up=0 seconds=S bytes=27 stale=6 error=\"line 2, column 7: expected a label name or `}`, found `1`\"
time=T up=0 seconds=S stale=1 error=\"the server answers 503 Service Unavailable (starting); Prometheus takes 200 only\"
time=T up=1 seconds=S bytes=164 samples=7 series=7 new=0 stale=0 counters=1 resets=0 gauges=0 fastest=\"hits{code=\\\"200\\\"}\" per_second=S
time=T up=1 seconds=S bytes=183 samples=8 series=7 new=0 stale=0 counters=0 resets=0 gauges=0
";
    assert_eq!(masked(&ran.out), expected);
}

/// Asserts that the scrape has the shape that is described.
fn assert_described(scrape: &Value) {
    let schema = include_str!("../../../src/bin/exposition/schema/watch.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let (mut compiler, mut schemas) = (boon::Compiler::new(), boon::Schemas::new());
    compiler.add_resource("file:///watch.json", schema).unwrap();
    let index = compiler
        .compile("file:///watch.json", &mut schemas)
        .unwrap();
    if let Err(error) = schemas.validate(scrape, index) {
        panic!("{error:#}\n{scrape}");
    }
}

fn objects(args: &[&str]) -> (i32, Vec<Value>) {
    let ran = run(["watch", "--json", "--interval", "20ms"].iter().chain(args));
    assert_eq!(ran.err, "");
    let objects = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (ran.code, objects.collect())
}

#[test]
fn an_object_a_scrape() {
    let server = storyteller();
    let (code, scrapes) = objects(&[&server.metrics(), "--count", "7"]);
    assert_eq!((code, scrapes.len()), (0, 7));
    for (number, scrape) in scrapes.iter().enumerate() {
        assert_eq!(scrape["scrape"], number + 1);
        assert_eq!(scrape["source"], server.metrics());
        assert_eq!(scrape["up"], !matches!(number, 3 | 4));
        let since = scrape["since_seconds"].as_f64();
        assert_eq!(since.is_some(), !matches!(number, 0 | 3 | 4));
        for rate in scrape["rates"].as_array().unwrap() {
            let expected = rate["increase"].as_f64().unwrap() / since.unwrap();
            assert!((rate["per_second"].as_f64().unwrap() - expected).abs() < 1e-9);
        }
    }
    let rates = |scrape: &Value| {
        let rates = scrape["rates"].as_array().unwrap().iter().map(|rate| {
            let mut rate = rate.clone();
            rate.as_object_mut().unwrap().remove("per_second");
            rate
        });
        rates.collect::<Vec<Value>>()
    };
    let first = &scrapes[0];
    assert_eq!(
        (&first["series"], &first["new"], &first["format"]),
        (&json!(7), &json!(0), &json!("PrometheusText0.0.4"))
    );
    let second = &scrapes[1];
    assert_eq!(
        second["new_series"],
        json!([{"name": "hits", "labels": {"code": "404"}}])
    );
    assert_eq!(
        second["stale_series"],
        json!([{"name": "old", "labels": {"job": "x"}}])
    );
    assert_eq!(
        second["metrics"],
        json!([
            {"metric": "hits", "series": 3, "new": 1, "stale": 0, "churn_percent": 1.0_f64 / 3.0 * 100.0},
            {"metric": "old", "series": 0, "new": 0, "stale": 1, "churn_percent": 100.0},
        ])
    );
    assert_eq!(second["churn_percent"], 25.0);
    assert_eq!(
        rates(second),
        [
            json!({"name": "hits", "labels": {"code": "200"}, "type": "counter", "increase": 20.0, "reset": false}),
            json!({"name": "t", "labels": {}, "type": "histogram", "increase": 4.0, "mean": 0.25, "reset": false}),
        ]
    );
    assert_eq!(
        second["gauges"],
        json!([{"name": "temp", "labels": {}, "type": "gauge", "before": 20.0, "after": 15.0}])
    );
    let third = &scrapes[2];
    assert_eq!(
        rates(third),
        [
            json!({"name": "hits", "labels": {"code": "200"}, "type": "counter", "increase": 2.0, "reset": true}),
            json!({"name": "t", "labels": {}, "type": "histogram", "increase": 1.0, "mean": 3.0, "reset": true}),
        ]
    );
    assert_eq!(third["gauges"][0]["after"], "NaN");
    // What came before the error goes stale one scrape later, as in Prometheus.
    assert_eq!(
        (&scrapes[3]["stale"], &scrapes[4]["stale"]),
        (&json!(6), &json!(1))
    );
    // It is compared with the third, the last that succeeded.
    assert_eq!(rates(&scrapes[5])[0]["increase"], 10.0);
    assert_eq!(scrapes[5]["new"], 0);
    assert_eq!(
        (&scrapes[6]["refused"], &scrapes[6]["samples"]),
        (&json!(1), &json!(8))
    );
    for scrape in &scrapes {
        assert_described(scrape);
    }
}

#[test]
fn what_is_looked_at() {
    let server = storyteller();
    let (_, scrapes) = objects(&[&server.metrics(), "--count=2", "--match", "t"]);
    let second = &scrapes[1];
    // The histogram with its three series, and the gauge.
    assert_eq!(
        (&second["series"], &second["new"], &second["stale"]),
        (&json!(4), &json!(0), &json!(0))
    );
    assert_eq!(
        second["found"],
        json!({"metrics": 0, "rates": 1, "gauges": 1, "states": 0})
    );

    let server = storyteller();
    let (_, scrapes) = objects(&[&server.metrics(), "--count=2", "--limit", "1"]);
    assert_eq!(
        scrapes[1]["found"],
        json!({"metrics": 2, "rates": 2, "gauges": 1, "states": 0})
    );
    assert_eq!(scrapes[1]["rates"].as_array().unwrap().len(), 1);
    assert_eq!(scrapes[1]["metrics"].as_array().unwrap().len(), 1);
}

#[test]
fn a_response_without_content_type_is_lost() {
    let server = Server::new(|_, out| reply(out, "200 OK", "", b"a 1\n"));
    let ran = run(["watch", &server.metrics(), "--count", "1"]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        masked(&ran.out),
        "time=T up=0 seconds=S bytes=4 stale=0 error=\"missing or empty Content-Type, \
         and no fallback_scrape_protocol is set; --format reads the body all the same\"\n"
    );
    let page = Server::new(|_, out| reply(out, "200 OK", "Content-Type: text/html\r\n", b"<html>"));
    let ran = run(["watch", &page.metrics(), "--count", "1"]);
    assert_eq!(ran.code, 1);
    let said = "; the body looks like HTML: is that the place of the metrics, often /metrics?\"\n";
    assert!(ran.out.ends_with(said), "{}", ran.out);
    let ran = run([
        "watch",
        &server.metrics(),
        "--count",
        "1",
        "--format",
        "text",
    ]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains(" up=1 "), "{}", ran.out);
}

#[test]
fn wrong_usage() {
    for (args, said) in [
        (
            vec!["--interval", "1ms", "x"],
            "an interval is at least 10ms",
        ),
        (
            vec!["--interval", "1.5s", "x"],
            "expected numbers with units",
        ),
        (vec!["--count", "0", "x"], "0 is not in 1.."),
        (
            vec!["-"],
            "standard input cannot be read again and again; --help tells more",
        ),
        (vec![], "the following required arguments were not provided"),
    ] {
        let ran = run(["watch"].into_iter().chain(args));
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}
