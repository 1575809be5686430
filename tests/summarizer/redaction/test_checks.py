from summarizer.redaction import checks


def test_published_examples_keep_their_check_digits() -> None:
    assert checks.is_dni("12345678Z")
    assert checks.is_dni("X1234567L")
    assert checks.is_steuer_id("86095742719")
    assert checks.is_codice_fiscale("RSSMRA85T10A562S")
    assert checks.is_belgian("85073003328")
    assert checks.is_ahv("7569217076985")
    assert checks.is_cpf("11144477735")
    assert checks.is_ssn("078051120")


def test_one_other_digit_breaks_them() -> None:
    assert not checks.is_dni("12345679Z")
    assert not checks.is_steuer_id("86095742718")
    assert not checks.is_codice_fiscale("RSSMRA85T10A562T")
    assert not checks.is_belgian("85073003329")
    assert not checks.is_ahv("7569217076986")
    assert not checks.is_cpf("11144477734")
    assert not checks.is_ssn("666051120")
    assert not checks.is_nir("185057800608490")
