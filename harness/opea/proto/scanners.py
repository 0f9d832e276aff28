"""The settings of the LLM-Guard scanners (comps/cores/proto/docarray.py, GenAIComps 8130a3f)."""

from typing import Any

from pydantic import Field

from harness.opea.proto.doc import Doc


class AnonymizeModel(Doc):
    """Hides personal data."""

    enabled: bool = False
    use_onnx: bool = False
    hidden_names: list[str] | None = None
    allowed_names: list[str] | None = None
    entity_types: list[str] | None = None
    preamble: str | None = None
    regex_patterns: list[str] | None = None
    use_faker: bool | None = None
    recognizer_conf: str | None = None
    threshold: float | None = None
    language: str | None = None


class BanCodeModel(Doc):
    """Bans code."""

    enabled: bool = False
    use_onnx: bool = False
    model: str | None = None
    threshold: float | None = None


class BanCompetitorsModel(Doc):
    """Bans names of competitors."""

    enabled: bool = False
    use_onnx: bool = False
    competitors: list[str] = Field(default=["Competitor1", "Competitor2", "Competitor3"])
    model: str | None = None
    threshold: float | None = None
    redact: bool | None = None


class BanSubstringsModel(Doc):
    """Bans words."""

    enabled: bool = False
    substrings: list[str] = Field(default=["backdoor", "malware", "virus"])
    match_type: str | None = None
    case_sensitive: bool = False
    redact: bool | None = None
    contains_all: bool | None = None


class BanTopicsModel(Doc):
    """Bans topics."""

    enabled: bool = False
    use_onnx: bool = False
    topics: list[str] = Field(default=["violence", "attack", "war"])
    threshold: float | None = None
    model: str | None = None


class CodeModel(Doc):
    """Allows or bans programming languages."""

    enabled: bool = False
    use_onnx: bool = False
    languages: list[str] = Field(default=["Java", "Python"])
    model: str | None = None
    is_blocked: bool | None = None
    threshold: float | None = None


class GibberishModel(Doc):
    """Finds gibberish."""

    enabled: bool = False
    use_onnx: bool = False
    model: str | None = None
    threshold: float | None = None
    match_type: str | None = None


class InvisibleText(Doc):
    """Finds characters that do not show."""

    enabled: bool = False


class LanguageModel(Doc):
    """Allows languages."""

    enabled: bool = False
    use_onnx: bool = False
    valid_languages: list[str] = Field(default=["en", "es"])
    model: str | None = None
    threshold: float | None = None
    match_type: str | None = None


class PromptInjectionModel(Doc):
    """Finds prompt injection."""

    enabled: bool = False
    use_onnx: bool = False
    model: str | None = None
    threshold: float | None = None
    match_type: str | None = None


class RegexModel(Doc):
    """Finds patterns."""

    enabled: bool = False
    patterns: list[str] = Field(default=["Bearer [A-Za-z0-9-._~+/]+"])
    is_blocked: bool | None = None
    match_type: str | None = None
    redact: bool | None = None


class SecretsModel(Doc):
    """Finds secrets."""

    enabled: bool = False
    redact_mode: str | None = None


class SentimentModel(Doc):
    """Finds bad mood."""

    enabled: bool = False
    threshold: float | None = None
    lexicon: str | None = None


class TokenLimitModel(Doc):
    """Bounds the tokens."""

    enabled: bool = False
    limit: int | None = None
    encoding_name: str | None = None
    model_name: str | None = None


class ToxicityModel(Doc):
    """Finds toxicity."""

    enabled: bool = False
    use_onnx: bool = False
    model: str | None = None
    threshold: float | None = None
    match_type: str | None = None


class BiasModel(Doc):
    """Finds bias."""

    enabled: bool = False
    use_onnx: bool = False
    model: str | None = None
    threshold: float | None = None
    match_type: str | None = None


class DeanonymizeModel(Doc):
    """Brings personal data back."""

    enabled: bool = False
    matching_strategy: str | None = None


class JSONModel(Doc):
    """Checks JSON."""

    enabled: bool = False
    required_elements: int | None = None
    repair: bool | None = None


class LanguageSameModel(Doc):
    """Checks that the answer is in the language of the question."""

    enabled: bool = False
    use_onnx: bool = False
    model: str | None = None
    threshold: float | None = None


class MaliciousURLsModel(Doc):
    """Finds malicious addresses."""

    enabled: bool = False
    use_onnx: bool = False
    model: str | None = None
    threshold: float | None = None


class NoRefusalModel(Doc):
    """Finds refusals."""

    enabled: bool = False
    use_onnx: bool = False
    model: str | None = None
    threshold: float | None = None
    match_type: str | None = None


class NoRefusalLightModel(Doc):
    """Finds refusals, cheaply."""

    enabled: bool = False


class ReadingTimeModel(Doc):
    """Bounds the time to read."""

    enabled: bool = False
    max_time: float = 0.5
    truncate: bool | None = None


class FactualConsistencyModel(Doc):
    """Checks the answer against the question."""

    enabled: bool = False
    use_onnx: bool = False
    model: str | None = None
    minimum_score: float | None = None


class RelevanceModel(Doc):
    """Checks that the answer is about the question."""

    enabled: bool = False
    use_onnx: bool = False
    model: str | None = None
    threshold: float | None = None


class SensitiveModel(Doc):
    """Finds personal data in the answer."""

    enabled: bool = False
    use_onnx: bool = False
    entity_types: list[str] | None = None
    regex_patterns: list[str] | None = None
    redact: bool | None = None
    recognizer_conf: str | None = None
    threshold: float | None = None


class URLReachabilityModel(Doc):
    """Checks that addresses answer."""

    enabled: bool = False
    success_status_codes: list[int] | None = None
    timeout: int | None = None


class LLMGuardInputGuardrailParams(Doc):
    """Which scanners read the question."""

    anonymize: AnonymizeModel = AnonymizeModel()
    ban_code: BanCodeModel = BanCodeModel()
    ban_competitors: BanCompetitorsModel = BanCompetitorsModel()
    ban_substrings: BanSubstringsModel = BanSubstringsModel()
    ban_topics: BanTopicsModel = BanTopicsModel()
    code: CodeModel = CodeModel()
    gibberish: GibberishModel = GibberishModel()
    invisible_text: InvisibleText = InvisibleText()
    language: LanguageModel = LanguageModel()
    prompt_injection: PromptInjectionModel = PromptInjectionModel()
    regex: RegexModel = RegexModel()
    secrets: SecretsModel = SecretsModel()
    sentiment: SentimentModel = SentimentModel()
    token_limit: TokenLimitModel = TokenLimitModel()
    toxicity: ToxicityModel = ToxicityModel()


class LLMGuardOutputGuardrailParams(Doc):
    """Which scanners read the answer."""

    ban_code: BanCodeModel = BanCodeModel()
    ban_competitors: BanCompetitorsModel = BanCompetitorsModel()
    ban_substrings: BanSubstringsModel = BanSubstringsModel()
    ban_topics: BanTopicsModel = BanTopicsModel()
    bias: BiasModel = BiasModel()
    code: CodeModel = CodeModel()
    deanonymize: DeanonymizeModel = DeanonymizeModel()
    json_scanner: JSONModel = JSONModel()
    language: LanguageModel = LanguageModel()
    language_same: LanguageSameModel = LanguageSameModel()
    malicious_urls: MaliciousURLsModel = MaliciousURLsModel()
    no_refusal: NoRefusalModel = NoRefusalModel()
    no_refusal_light: NoRefusalLightModel = NoRefusalLightModel()
    reading_time: ReadingTimeModel = ReadingTimeModel()
    factual_consistency: FactualConsistencyModel = FactualConsistencyModel()
    gibberish: GibberishModel = GibberishModel()
    regex: RegexModel = RegexModel()
    relevance: RelevanceModel = RelevanceModel()
    sensitive: SensitiveModel = SensitiveModel()
    sentiment: SentimentModel = SentimentModel()
    toxicity: ToxicityModel = ToxicityModel()
    url_reachability: URLReachabilityModel = URLReachabilityModel()
    anonymize_vault: list[tuple[Any, ...]] | None = None
