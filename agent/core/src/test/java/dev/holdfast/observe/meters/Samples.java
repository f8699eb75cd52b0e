package dev.holdfast.observe.meters;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A scrape in Prometheus' text format, taken apart. */
public final class Samples {
    private final Set<String> families = new TreeSet<>();
    private final Map<String, Double> values = new LinkedHashMap<>();

    private Samples() {}

    public static Samples of(String text) {
        Samples samples = new Samples();
        text.lines().forEach(line -> {
            if (line.startsWith("# TYPE ")) {
                samples.families.add(line.split(" ")[2]);
            } else if (!line.startsWith("#")) {
                int space = line.lastIndexOf(' ');
                samples.values.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
            }
        });
        return samples;
    }

    /** The names of all families. */
    public Set<String> families() {
        return families;
    }

    /** All samples, each as it is written. */
    public Map<String, Double> values() {
        return values;
    }

    /** The names of all samples. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        values.keySet().forEach(sample -> names.add(name(sample)));
        return names;
    }

    /** Returns the number of samples. */
    public int size() {
        return values.size();
    }

    /** The sum of all samples of this name whose labels contain this text. */
    public double sum(String name, String label) {
        return values.entrySet().stream()
                .filter(sample ->
                        name(sample.getKey()).equals(name) && sample.getKey().contains(label))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private static String name(String sample) {
        int brace = sample.indexOf('{');
        return brace < 0 ? sample : sample.substring(0, brace);
    }
}
