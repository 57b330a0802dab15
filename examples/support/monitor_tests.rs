use super::*;

/// What is shown of a target's answer under the bundled monitor, with that header.
fn shown(body: &[u8], content_type: Option<&str>) -> String {
    let mut answer = Source::headless(body, Reading::default()).unwrap();
    answer.content_type = content_type.map(str::to_owned);
    let scene = Scene {
        name: "sidecars.yaml".to_owned(),
        manifest: include_str!("../data/monitor/sidecars.yaml").to_owned(),
        targets: Some(include_str!("../data/monitor/pods.yaml").to_owned()),
        body: Some(answer),
    };
    let settings = OperatorConfig::default();
    let manifests = Manifest::parse_all(&scene.manifest).unwrap();
    let configs = render_all(&manifests, &settings);
    let explainer = Explainer::new(&configs[0], &settings).unwrap();
    let mut out = Vec::new();
    play(&explainer, &scene, &Arguments::default(), &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    let (_, scrape) = out.split_once("\nscrape of ").unwrap();
    let (_, told) = scrape.split_once('\n').unwrap();
    told.to_owned()
}

#[test]
fn duplicates_are_named() {
    let body = include_bytes!("../../tests/data/field/F9_duplicate_series.prom");
    let text = shown(body, Some("text/plain"));
    let start = "                1 up
                3 scrape_samples_scraped
                3 scrape_samples_post_metric_relabeling
                2 stored, 1 left out
         not stored: line 3: kube_x{pod=\"a\"} 2: duplicate, its series has a sample at that time
         {__name__=\"kube_x\"";
    assert!(text.starts_with(start), "{text}");
    let text = shown("a 1\n".repeat(9).as_bytes(), Some("text/plain"));
    let named = text.matches("         not stored: ").count();
    assert_eq!(named, 5, "{text}");
    assert!(text.contains("\n         …\n"), "{text}");
}

#[test]
fn a_header_that_does_not_tell_fails_the_scrape() {
    for (header, reason) in [
        (None, "missing or empty Content-Type"),
        (
            Some("text/html"),
            "unsupported media type \"text/html\" in Content-Type",
        ),
    ] {
        assert_eq!(
            shown(b"a 1\n", header),
            format!(
                "                0 up
                0 scrape_samples_scraped
                0 scrape_samples_post_metric_relabeling
         nothing is stored: {reason}, and no fallback_scrape_protocol is set
"
            )
        );
    }
}
