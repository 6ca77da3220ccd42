"""The page in real headless Chromium: what people do with it, by keyboard, on a phone, in the dark; and axe."""

from __future__ import annotations

import csv
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.fake_assistant import DOCUMENTS
from support.process import ROOT, environment, running

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
AXE = Path(os.environ.get("RAG_TEST_AXE", ROOT / "node_modules" / "axe-core" / "axe.min.js"))
PICTURES = os.environ.get("RAG_TEST_PICTURES")  # a folder for screenshots to look at
SIZES = {"desktop": (1400, 900), "phone": (390, 844)}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromium-driver are not installed"),
]


class Page:
    """One browser window on the page."""

    def __init__(self, driver, base: str) -> None:
        self.driver, self.base = driver, base

    def all(self, css: str):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str):
        return self.wait(lambda: self.all(css))[0]

    def wait(self, fact, seconds: float = 8):
        return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(lambda _: fact())

    def js(self, code: str, *args):
        return self.driver.execute_script(code, *args)

    def open(self, path: str = "/") -> None:
        self.driver.get(self.base + path)
        self.wait(lambda: self.js("return document.readyState") == "complete")

    def ask(self, question: str) -> None:
        before = len(self.all('.answer[aria-busy="false"]'))
        box = self.one("#question")
        box.send_keys(question, Keys.ENTER)
        self.wait(lambda: len(self.all('.answer[aria-busy="false"]')) > before)

    def focused(self) -> str:
        return self.js("return document.activeElement.textContent || document.activeElement.id")

    def keys(self, *keys: str) -> None:
        self.driver.switch_to.active_element.send_keys(*keys)

    def picture(self, name: str) -> None:
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.driver.save_screenshot(str(Path(PICTURES) / f"{name}.png"))

    def complaints(self) -> list[str]:
        """What the browser's console says: a breach of the content policy, a failed request, an error."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] != "INFO"]


def open_driver(downloads: Path, size: str = "desktop", dark: bool = False):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    width, height = SIZES[size]
    shape = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "phone"}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", shape)
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    return driver


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    driver = open_driver(tmp_path_factory.mktemp("downloads"))
    yield driver
    driver.quit()


@pytest.fixture
def page(driver, server) -> Iterator[Page]:
    page = Page(driver, server)
    page.open()
    page.js("localStorage.clear(); sessionStorage.clear()")
    page.open()
    yield page
    assert page.complaints() == []


def test_an_answer_streams_in_with_plan_verdicts_accounting_and_sources(page):
    page.ask("Which trials exclude eGFR below 60?")
    assert page.one(".read-as").text == "Read as: trials where no admitted eGFR lies below 60 mL/min"
    assert [badge.text for badge in page.all(".results .badge")] == ["match", "partial"]
    assert [pill.text for pill in page.all(".answer-text .pill")] == ["1", "2"]
    assert page.one(".accounting figcaption").text == "All 3 trials accounted for"
    assert "All of it turned away: 1" in page.one(".legend").text
    assert page.one(".sources q").text == "eGFR \\< 60 mL/min/1.73 m2 at screening"
    page.picture("desktop-answer")


def test_a_pill_opens_the_record_at_the_marked_words(page):
    page.ask("eGFR below 60?")
    page.all(".answer-text .pill")[1].click()
    mark = page.one("#record-pane mark")
    assert mark.text == "For cohort B: eGFR \\< 30 mL/min"
    box = page.js("const r = arguments[0].getBoundingClientRect(); return [r.top, r.bottom, innerHeight]", mark)
    assert 0 < box[0] < box[1] < box[2]
    assert page.js("return document.activeElement === arguments[0]", mark)
    assert page.all(".answer-text .pill")[1].get_attribute("aria-expanded") == "true"
    page.picture("desktop-record")


def test_the_whole_round_works_with_the_keyboard_alone(page):
    page.keys(Keys.TAB)
    page.js("document.body.focus(); document.activeElement.blur()")
    page.driver.find_element(By.TAG_NAME, "body").send_keys("/")
    assert page.focused() == "question"
    page.keys("eGFR below 60?", Keys.ENTER)
    page.wait(lambda: page.all('.answer[aria-busy="false"]'))
    for _ in range(40):
        page.keys(Keys.SHIFT, Keys.TAB)
        if "pill" in page.js("return document.activeElement.className || ''"):
            break
    pill = page.driver.switch_to.active_element
    pill.send_keys(Keys.ENTER)
    page.one("#record-pane mark")
    page.keys(Keys.ESCAPE)
    assert not page.one("#record-pane").is_displayed()
    assert page.driver.switch_to.active_element == pill


def test_words_of_documents_stay_text(page):
    page.ask("eGFR below 60?")
    assert "<script>alert(1)</script>" in page.one(".results").text
    page.all(".answer-text .pill")[1].click()
    page.one("#record-pane mark")
    assert "<script>alert(1)</script>" in page.one(".record-title").text
    assert (
        page.js("return document.querySelectorAll('#turns script, #record-pane script, #record-pane img').length") == 0
    )


def test_offsets_survive_characters_beyond_the_basic_plane(page):
    found = page.driver.execute_async_script(
        """const done = arguments[0];
        import('/static/record.js').then(async ({ showRecord }) => {
          const text = 'Title\\n\\n𝒳𝒳 kidney 🩺 mark me end';
          window.fetch = async () => new Response(JSON.stringify({ trial_id: 'X', title: 'T', url: '', view_url: '/x',
            facts: {}, sections: [{ name: 'summary', start: 7, end: 34 }], text }));
          const pane = document.getElementById('record-pane');
          pane.hidden = false;
          const start = Array.from(text).join('\\u0000').split('\\u0000').indexOf('m', 15);
          await showRecord(pane, 'X', [{ start, end: start + 7 }]);
          done(pane.querySelector('mark').textContent);
        });"""
    )
    assert found == "mark me"


def test_the_table_sorts_filters_and_exports(page, driver, tmp_path):
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.ask("eGFR below 60?")
    trial = page.all(".results thead button")[1]
    trial.click()
    trial.click()
    assert page.all(".results thead th")[1].get_attribute("aria-sort") == "descending"
    assert [b.text for b in page.all(".results tbody .trial-link")] == ["NCT00000002", "NCT00000001"]
    for button in page.all(".results .block-head button"):
        button.click()
    page.wait(lambda: (tmp_path / "trials.csv").exists() and (tmp_path / "trials.json").exists())
    rows = list(csv.DictReader((tmp_path / "trials.csv").read_text("utf-8").splitlines()))
    assert [row["trial_id"] for row in rows] == ["NCT00000002", "NCT00000001"]
    assert rows[1]["egfr"] == "< 60 mL/min/1.73 m2" and rows[1]["quotes"].startswith("eGFR")
    assert len(json.loads((tmp_path / "trials.json").read_text("utf-8"))) == 2


def test_cells_that_look_like_formulas_are_defused(page):
    text = page.driver.execute_async_script(
        """const done = arguments[0];
        import('/static/tables.js').then(({ csvOf }) => done(csvOf([{ trial_id: '=1+1', title: '@x', verdict: 'match',
          reason: '-2', citations: [] }], { citations: [] })));"""
    )
    assert "'=1+1,'@x,match,'-2" in text


def test_cut_offs_are_drawn_and_said(page):
    page.ask("What cut-offs are used?")
    figure = page.one(".histogram")
    assert (
        figure.find_element(By.CSS_SELECTOR, "svg").get_attribute("aria-label")
        == "Trials at each threshold. 30: 2; 60: 1"
    )
    assert "Limits on eGFR" in figure.text


def test_a_comparison_lays_trials_side_by_side(page):
    page.ask("Compare them")
    heads = [cell.text for cell in page.all(".comparison thead th")]
    assert heads == ["Compared", "NCT00000001", "NCT00000002", "NCT00000003"]
    assert [cell.text for cell in page.all(".comparison tbody tr:first-child > *")][:2] == [
        "eGFR",
        "≥ 60 mL/min/1.73 m2",
    ]
    page.picture("desktop-comparison")


def test_an_abstention_shows_the_nearest_passages(page):
    page.ask("Who won the cup?")
    assert "abstained" in page.one(".answer").get_attribute("class")
    assert page.one(".source-list summary").text == "1 nearest passage"
    page.one(".sources .pill").click()
    assert page.one("#record-pane mark").text == "Insulin before or after breakfast."


def test_the_screening_form_builds_the_description_it_sends(page):
    page.one("#tab-screen").click()
    page.one("#screen-age").send_keys("82")
    page.one("#screen-sex").send_keys("female")
    name, value, unit = page.all(".measure input")
    name.send_keys("eGFR")
    value.send_keys("45")
    assert unit.get_attribute("value") == "mL/min/1.73 m2"  # filled in for a known measurement
    page.one("#screen-text").send_keys("Type 2 diabetes.")
    preview = "82-year-old female, eGFR 45 mL/min/1.73 m2. Type 2 diabetes."
    assert page.one("#screen-preview").text == preview
    page.picture("desktop-screening")
    page.one("#screening button[type=submit]").click()
    page.wait(lambda: page.all('.answer[aria-busy="false"]'))
    assert page.one(".asked").text == preview
    assert [badge.text for badge in page.all(".results .badge")] == ["excluded", "possible"]
    assert "Still to be checked: type of diabetes" in page.one(".results").text
    assert page.js("return localStorage.getItem('questions')") is None


def test_questions_are_remembered_and_forgotten(page):
    page.ask("eGFR below 60?")
    page.open()
    page.one("#history-toggle").click()
    assert [one.text for one in page.all("#history-list button")] == ["eGFR below 60?"]
    page.one("#history-clear").click()
    assert page.all("#history-list button") == []


def test_copy_with_sources_holds_the_quotes(page, driver):
    driver.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    )
    page.ask("eGFR below 60?")
    page.one(".copy").click()
    page.wait(lambda: page.one(".actions [role=status]").text == "Copied")
    text = driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert (
        text.startswith("Q: eGFR below 60?")
        and "[1] “eGFR \\< 60" in text
        and "clinicaltrials.gov/study/NCT00000001" in text
    )


def test_a_failure_is_told_and_the_next_question_works(page):
    page.ask("please fail")
    assert page.one(".answer.error [role=alert]").text.startswith("The server failed")
    page.ask("eGFR below 60?")
    assert page.all(".results")
    page.driver.get_log("browser")  # the 500 itself stands in the console


def test_a_record_has_its_own_page_with_the_span_marked(page):
    start = DOCUMENTS["NCT00000001"].text.index("Platelets")
    page.open(f"/trials/NCT00000001?c={start}-{start + 9}")
    assert page.one("mark").text == "Platelets"
    assert page.driver.title.startswith("NCT00000001: Kestrel")
    page.one(".record-views button").click()
    assert "eGFR ≥ 60 mL/min/1.73 m2" in page.one(".criterion:nth-of-type(2)").text
    page.picture("desktop-trial")


def test_nothing_is_asked_of_another_host(page, server):
    page.driver.get_log("performance")
    page.open()
    page.ask("eGFR below 60?")
    page.all(".answer-text .pill")[0].click()
    page.one("#record-pane mark")
    events = (json.loads(entry["message"])["message"] for entry in page.driver.get_log("performance"))
    urls = {e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"}
    assert len(urls) > 8 and all(url.startswith(server) for url in urls)


def test_the_policy_stops_what_the_page_never_does(page):
    blocked = page.js(
        """try { document.body.innerHTML = '<b>x</b>'; return 'set'; } catch (error) { return error.name; }"""
    )
    assert blocked == "TypeError"
    page.driver.get_log("browser")


def test_a_server_with_keys_asks_for_one(tmp_path, driver):
    from api.auth import key_hash  # noqa: PLC0415

    env = environment(RAG_SERVER__API_KEY_HASHES=json.dumps([key_hash("open-sesame")]))
    with running("support.fake_server", cwd=tmp_path, env=env) as (address, _):
        page = Page(driver, address)
        page.open()
        page.wait(lambda: page.one("#key-dialog").is_displayed())
        page.one("#key").send_keys("open-sesame", Keys.ENTER)
        page.wait(lambda: page.one("#index-info").text == "3 trials indexed")
        page.ask("eGFR below 60?")
        assert page.all(".results")
        page.driver.get_log("browser")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not unpacked in node_modules/")
@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(server, tmp_path, size, dark):
    driver = open_driver(tmp_path, size, dark)
    try:
        page = Page(driver, server)
        for name, story in STORIES.items():
            page.open("/trials/NCT00000001" if name == "trial" else "/")
            story(page)
            time.sleep(0.2)
            page.picture(f"{size}-{'dark' if dark else 'light'}-{name}")
            assert page.js("return document.documentElement.scrollWidth <= innerWidth"), (
                f"{name} is wider than the window"
            )
            driver.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
            page.js(AXE.read_text("utf-8"))
            found = driver.execute_async_script("axe.run(document).then((r) => arguments[0](r.violations))")
            told = [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found]
            assert told == [], name
    finally:
        driver.quit()


def _record(page: Page) -> None:
    page.ask("eGFR below 60?")
    page.all(".answer-text .pill")[0].click()
    page.one("#record-pane mark")


STORIES = {
    "welcome": lambda page: page.one("#examples button"),
    "answer": lambda page: page.ask("eGFR below 60?"),
    "comparison": lambda page: page.ask("Compare them"),
    "abstention": lambda page: page.ask("Who won the cup?"),
    "record": _record,
    "screening": lambda page: page.one("#tab-screen").click(),
    "history": lambda page: (page.ask("eGFR?"), page.one("#history-toggle").click()),
    "trial": lambda page: page.one(".record-text"),
}


def test_the_first_words_come_quickly(server):
    times = []
    with httpx.Client(base_url=server) as client:
        for _ in range(20):
            started = time.perf_counter()
            with client.stream("POST", "/v1/ask/stream", json={"question": "eGFR"}) as stream:
                next(stream.iter_raw())
            times.append(time.perf_counter() - started)
    assert sorted(times)[10] < 0.1
