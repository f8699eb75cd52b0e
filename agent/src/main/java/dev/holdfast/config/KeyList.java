package dev.holdfast.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The words in which {@link Keys} defines the keys: a section, then one line for each key in it. */
final class KeyList {
    /** What was defined so far, in order. */
    final List<Key> keys = new ArrayList<>();
    /** The sections of the keys, in order. */
    final List<Section> sections = new ArrayList<>();

    private Section section = new Section("", true, true, "");

    void section(String path, boolean perHost, boolean active, String meaning) {
        section = new Section(path, perHost, active, meaning);
        sections.add(section);
    }

    void flag(String name, boolean standard, String meaning) {
        add(name, ValueType.FLAG, standard, 0, 0, List.of(), false, meaning);
    }

    void integer(String name, long standard, double min, double max, String meaning) {
        add(name, ValueType.INTEGER, standard, min, max, List.of(), false, meaning);
    }

    void decimal(String name, double standard, double min, double max, String meaning) {
        add(name, ValueType.DECIMAL, standard, min, max, List.of(), false, meaning);
    }

    void duration(String name, String standard, double min, double max, String meaning) {
        add(name, ValueType.DURATION, standard, min, max, List.of(), false, meaning);
    }

    void size(String name, Object standard, double min, double max, String meaning) {
        add(name, ValueType.SIZE, standard, min, max, List.of(), false, meaning);
    }

    /** A key that holds for all hosts, in a section that hosts may have too. */
    void sizeForAll(String name, Object standard, double min, double max, String meaning) {
        add(name, ValueType.SIZE, standard, min, max, List.of(), false, false, meaning);
    }

    /** A key that holds for all hosts, in a section that hosts may have too. */
    void textForAll(String name, String meaning) {
        add(name, ValueType.TEXT, "", 0, 0, List.of(), false, false, meaning);
    }

    void choice(ValueType type, String name, Object standard, List<String> choices, String meaning) {
        add(name, type, standard, 0, 0, choices, false, meaning);
    }

    void statuses(String name, List<Long> standard, String meaning) {
        statuses(name, standard, 400, 599, meaning);
    }

    void statuses(String name, List<Long> standard, double min, double max, String meaning) {
        add(name, ValueType.STATUSES, standard, min, max, List.of(), false, meaning);
    }

    void statusRanges(String name, List<?> standard, double min, double max, String meaning) {
        add(name, ValueType.STATUS_RANGES, standard, min, max, List.of(), false, meaning);
    }

    void outcomes(String name, List<?> standard, List<String> kinds, String meaning) {
        add(name, ValueType.OUTCOMES, standard, 400, 599, kinds, false, meaning);
    }

    void words(String name, String meaning) {
        words(name, List.of(), meaning);
    }

    void words(String name, List<String> standard, String meaning) {
        add(name, ValueType.HEADER_NAMES, standard, 0, 0, List.of(), false, meaning);
    }

    void hostNames(String name, String meaning) {
        add(name, ValueType.HOST_NAMES, List.of(), 0, 0, List.of(), false, meaning);
    }

    void responses(String name, String meaning) {
        add(name, ValueType.ANSWERS, List.of(), 0, 0, List.of(), true, meaning);
    }

    void methods(String name, List<String> standard, String meaning) {
        add(name, ValueType.METHODS, standard, 0, 0, List.of(), false, meaning);
    }

    void window(String name, Object standard, double min, double max, String meaning) {
        add(name, ValueType.WINDOW, standard, min, max, List.of(), false, meaning);
    }

    void headers(String name, String meaning) {
        add(name, ValueType.HEADERS, Map.of(), 0, 0, List.of(), true, meaning);
    }

    void attributes(String name, String meaning) {
        add(name, ValueType.ATTRIBUTES, Map.of(), 0, 0, List.of(), false, meaning);
    }

    void text(ValueType type, String name, boolean secret, String meaning) {
        add(name, type, "", 0, 0, List.of(), secret, meaning);
    }

    private void add(
            String name,
            ValueType type,
            Object standard,
            double min,
            double max,
            List<String> choices,
            boolean secret,
            String meaning) {
        add(name, type, standard, min, max, choices, secret, section.perHost(), meaning);
    }

    private void add(
            String name,
            ValueType type,
            Object standard,
            double min,
            double max,
            List<String> choices,
            boolean secret,
            boolean perHost,
            String meaning) {
        String path = section.path().isEmpty() ? name : section.path() + "." + name;
        keys.add(new Key(path, type, standard, min, max, choices, perHost, section.active(), secret, meaning));
    }
}
