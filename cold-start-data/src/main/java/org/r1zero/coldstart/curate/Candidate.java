package org.r1zero.coldstart.curate;

import java.util.Map;

/**
 * A trace before it is chosen.
 *
 * @param example what it would be
 * @param question the problem's text, without any prompt
 * @param passed whether each filter by a verifier lets it through, in the order of the filters
 */
public record Candidate(Example example, String question, Map<String, Boolean> passed) {}
