#include "projections/rules/rules_yaml.h"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "projections/rules/rules_check.h"
#include "projections/rules/yaml_message.h"
#include "service/core/errors.h"
#include "service/core/limits.h"

namespace journey::projections {
namespace {

// The path without its last part: "a.b[1].c", "a.b[1]", "a.b", "a", "".
std::string ParentOf(const std::string& path) {
  const size_t end = path.find_last_of(".[");
  return end == std::string::npos ? "" : path.substr(0, end);
}

// The place of the field, or of the nearest one around it.
YamlPlace PlaceOf(const std::string& field, const YamlReading& reading) {
  for (std::string path = field;; path = ParentOf(path)) {
    const auto found = reading.places.find(path);
    if (found != reading.places.end()) return found->second;
    if (path.empty()) return {};
  }
}

// Mistakes of meaning that only follow from one of form are not told: a value
// that could not be read is missing as well.
bool FollowsFromMistake(const std::string& field,
                        const std::vector<YamlMistake>& mistakes) {
  for (std::string path = field; !path.empty(); path = ParentOf(path)) {
    const bool known =
        std::any_of(mistakes.begin(), mistakes.end(),
                    [&](const auto& m) { return m.field == path; });
    if (known) return true;
  }
  return false;
}

void AddMistakesOfMeaning(const v1::RuleSet& rule_set, YamlReading& reading) {
  core::Violations violations;
  CheckRuleSet(rule_set, violations);
  const std::vector<YamlMistake> of_form = reading.mistakes;
  for (const auto& violation : violations.bad_request().field_violations()) {
    if (FollowsFromMistake(violation.field(), of_form)) continue;
    reading.mistakes.push_back({PlaceOf(violation.field(), reading),
                                violation.field(), violation.description()});
  }
}

absl::Status ToStatus(std::vector<YamlMistake> mistakes,
                      absl::string_view file_name) {
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [](const YamlMistake& a, const YamlMistake& b) {
                     return std::tie(a.place.line, a.place.column) <
                            std::tie(b.place.line, b.place.column);
                   });
  std::string message;
  for (const YamlMistake& mistake : mistakes) {
    absl::StrAppend(&message, message.empty() ? "" : "\n", file_name, ":",
                    mistake.place.line, ":", mistake.place.column, ": ",
                    mistake.field, mistake.field.empty() ? "" : ": ",
                    mistake.description);
  }
  return absl::InvalidArgumentError(message);
}

// Reads no more than is needed to see that a file is too long.
absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(core::kRuleSetTextBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    return absl::NotFoundError(
        absl::StrCat("cannot read the rule set \"", path,
                     "\"; check the path and the file's permissions"));
  }
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

}  // namespace

absl::StatusOr<v1::RuleSet> ParseRuleSetYaml(absl::string_view text,
                                             absl::string_view file_name) {
  v1::RuleSet rule_set;
  YamlReading reading = ReadYaml(text, rule_set);
  // Without any field there is nothing to have an opinion on.
  if (!reading.places.empty()) AddMistakesOfMeaning(rule_set, reading);
  if (reading.mistakes.empty()) return rule_set;
  return ToStatus(std::move(reading.mistakes), file_name);
}

absl::StatusOr<std::shared_ptr<const Rules>> LoadRulesFile(
    const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<v1::RuleSet> rule_set = ParseRuleSetYaml(*text, path);
  if (!rule_set.ok()) return rule_set.status();
  return Rules::Make(*std::move(rule_set));
}

}  // namespace journey::projections
