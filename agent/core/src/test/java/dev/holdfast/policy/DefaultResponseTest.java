package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultResponseTest {
    @ParameterizedTest
    @CsvSource({
        "/a, /a, true",
        "/a, /b, false",
        "/a, /ab, false",
        "/ab, /a, false",
        "/a, '', false",
        "/, '', true",
        "'', '', true",
        "'', /anything/at/all, true",
        "*, '', true",
        "*, /a/b, true",
        "/a/*, /a/, true",
        "/a/*, /a/b/c, true",
        "/a/*, /a, false",
        "/a/**, /a/, true",
        "/a/*/c, /a/b/c, true",
        "/a/*/c, /a/b/c/d, false",
        "/a/*/c, /a/b/c/d/c, true",
        "*.json, /a/b.json, true",
        "*.json, /a/b.jsonx, false",
        "/*ab*ab, /abab, true",
        "/*ab*ab, /ab, false",
        "/*ab*ab, /xabyabzab, true",
        "/a*a, /a, false",
    })
    void isForThePathsThatItsPatternMatches(String pattern, String path, boolean fits) {
        assertThat(answer(pattern, Map.of()).fits("GET", path)).isEqualTo(fits);
    }

    @Test
    void isForItsMethodsOnly() {
        assertThat(answer("", Map.of()).fits("HEAD", "/")).isTrue();
        assertThat(answer("", Map.of()).fits("POST", "/")).isFalse();
    }

    @Test
    void keepsItsHeadersAsTheyWereWhenItWasMadeAndInTheirOrder() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put("z", List.of("1"));
        headers.put("a", List.of("2"));
        DefaultResponse response = answer("", headers);
        headers.clear();

        assertThat(response.headers().keySet()).containsExactly("z", "a");
        assertThatThrownBy(() -> response.headers().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    private static DefaultResponse answer(String path, Map<String, List<String>> headers) {
        return new DefaultResponse(path, Set.of("GET", "HEAD"), 200, headers, ByteString.EMPTY);
    }
}
