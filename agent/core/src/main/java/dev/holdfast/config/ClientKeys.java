package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.ClientNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The keys that switch single clients off: one for each. See {@link Keys}. */
final class ClientKeys {
    /** Their table. */
    static final Section CLIENTS = new Section(
            "clients",
            false,
            "Single HTTP clients of the program: calls of one that is false run unmodified, whatever their host. "
                    + "A reload holds for calls that begin after it, and with HttpURLConnection for connections opened "
                    + "after it.");

    /** One for each client. */
    static final List<Key<Boolean>> ALL = new ArrayList<>();

    static {
        for (String name : ClientNames.ALL) {
            ALL.add(CLIENTS.flag(name, true, "Whether policies apply to calls of " + name + "."));
        }
    }

    private ClientKeys() {}

    /** Returns the clients that are off, as far as they could be read, each with the line that says so. */
    static Map<String, Integer> off(Settings settings) {
        Map<String, Integer> off = new TreeMap<>();
        for (Key<Boolean> key : ALL) {
            Setting<Boolean> setting = settings.setting(key);
            if (Boolean.FALSE.equals(setting.found())) {
                off.put(key.name(), setting.line());
            }
        }
        return off;
    }
}
