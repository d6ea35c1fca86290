package dev.headwater.schema.lock;

import dev.headwater.schema.lock.LockProblem.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How a schema lock compares to the code, with everything that was found. Immutable. */
public final class LockVerdict {

    private final String lock;
    private final String updateCommand;
    private final List<LockProblem> problems;

    LockVerdict(String lock, String updateCommand, List<LockProblem> problems) {
        this.lock = lock;
        this.updateCommand = updateCommand;
        this.problems = List.copyOf(problems);
    }

    /** Whether code and lock agree. */
    public boolean isCurrent() {
        return problems.isEmpty();
    }

    /** Whether there is something that an update of the lock does not mend. */
    public boolean isBroken() {
        return problems.stream().anyMatch(problem -> problem.kind() == Kind.BROKEN);
    }

    /** What does not agree, by type and version. */
    public List<LockProblem> problems() {
        return problems;
    }

    /**
     * Does nothing when code and lock agree.
     *
     * @throws SchemaLockException with the whole {@link #message()} otherwise
     */
    public void requireCurrent() {
        if (!isCurrent()) {
            throw new SchemaLockException(message(), null);
        }
    }

    /** The verdict for people: what breaks and how to mend it, then what only has to be added to the lock. */
    public String message() {
        if (isCurrent()) {
            return lock + " matches the code.";
        }
        var text = new StringBuilder();
        if (isBroken()) {
            text.append("The messages in the code cannot read what ")
                    .append(lock)
                    .append(" says was stored:\n");
            brokenByRemedy().forEach((remedy, sentences) -> {
                sentences.forEach(sentence -> text.append("- ").append(sentence).append('\n'));
                text.append("  ").append(remedy).append('\n');
            });
        }
        var stale = problems.stream()
                .filter(problem -> problem.kind() == Kind.STALE)
                .toList();
        if (!stale.isEmpty()) {
            text.append(lock).append(" has to be updated:\n");
            stale.forEach(
                    problem -> text.append("- ").append(problem.sentence()).append('\n'));
            text.append(isBroken() ? "  When the rest is mended, run: " : "  Run: ")
                    .append(updateCommand)
                    .append('\n');
        }
        return text.toString().stripTrailing();
    }

    private Map<String, List<String>> brokenByRemedy() {
        return problems.stream()
                .filter(problem -> problem.kind() == Kind.BROKEN)
                .collect(Collectors.groupingBy(
                        LockProblem::remedy,
                        LinkedHashMap::new,
                        Collectors.mapping(LockProblem::sentence, Collectors.toList())));
    }

    @Override
    public String toString() {
        return message();
    }
}
