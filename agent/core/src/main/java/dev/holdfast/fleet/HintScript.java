package dev.holdfast.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The store's side of hints: a sorted set of the breakers that have opened in the last seconds, each with the instance
 * that says so, ordered by the store's clock. No two have the same time, so that whoever remembers the last one that he
 * has read gets each later one exactly once. One script on one key writes and reads.
 */
final class HintScript {
    /** The time for which a hint can be read, in milliseconds. */
    static final long KEPT_MILLIS = TimeUnit.SECONDS.toMillis(10);

    /** The largest number of hints that are kept, and that are read at a time. */
    static final int MOST = 1_000;

    /**
     * The script. Its key is the set; its arguments are the instance, the time of the last hint that it has read, the
     * time for which hints are kept, the largest number of them, and the names of its own breakers that have opened. A
     * set that is ahead of the clock is from before the clock was set, and is given up. What may take memory is the
     * first thing to be written, as a store that is full refuses nothing else of a script.
     */
    static final String HINTS = """
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        local kept, most = tonumber(ARGV[3]), tonumber(ARGV[4])
        local function text(n) return string.format('%.0f', n) end
        local last = tonumber(redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] or '0')
        if last > now + kept then
          redis.call('DEL', KEYS[1])
          last = 0
        end
        if #ARGV > 4 then
          for i = 5, #ARGV do
            last = math.max(now, last + 1)
            redis.call('ZADD', KEYS[1], text(last), ARGV[i] .. ' ' .. ARGV[1])
          end
          redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(now - kept))
          redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -most - 1)
          redis.call('PEXPIRE', KEYS[1], kept)
        end
        local read = tonumber(ARGV[2])
        if read > now + kept then read = 0 end
        local from = math.max(read, now - kept)
        local found = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. text(from), '+inf', 'WITHSCORES', 'LIMIT', 0, most)
        local said = {}
        for i = 1, #found, 2 do
          local name, who = string.match(found[i], '^(%S+) (.+)$')
          if name and who ~= ARGV[1] then said[#said + 1] = name end
          read = tonumber(found[i + 1])
        end
        return text(read) .. ' ' .. table.concat(said, ' ')
        """;

    private HintScript() {}

    /**
     * The hints of other instances.
     *
     * @param last the time of the last one, by the store's clock in milliseconds
     * @param names the names of the breakers that have opened
     */
    record Hints(long last, Set<String> names) {}

    /** Runs it. Returns null: it said nothing that can be understood. */
    static @Nullable Hints run(StoreConnection store, String key, String instance, long last, List<String> opened)
            throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of(instance, Long.toString(last), Long.toString(KEPT_MILLIS), Integer.toString(MOST)));
        arguments.addAll(opened);
        byte[] said = store.run(
                HINTS,
                key,
                arguments.stream()
                        .map(argument -> argument.getBytes(StandardCharsets.US_ASCII))
                        .toList());
        return said == null ? null : read(new String(said, StandardCharsets.US_ASCII));
    }

    private static @Nullable Hints read(String said) {
        String[] words = said.split(" ");
        try {
            long last = Long.parseLong(words[0]);
            return new Hints(last, Set.copyOf(Arrays.asList(words).subList(1, words.length)));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
