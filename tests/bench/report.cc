#include "tests/bench/report.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace journey::bench {

void Report::Add(std::string name, double value, std::string unit,
                 std::string remark) {
  figures_.push_back(
      {std::move(name), value, std::move(unit), std::move(remark)});
  // Progress, as a run takes minutes.
  std::cerr << figures_.back().name << "\n";
}

std::string Report::Table() const {
  size_t name_width = 0;
  size_t unit_width = 0;
  for (const Figure& figure : figures_) {
    name_width = std::max(name_width, figure.name.size());
    unit_width = std::max(unit_width, figure.unit.size());
  }
  std::string out;
  for (const Figure& figure : figures_) {
    absl::StrAppendFormat(&out, "%-*s  %14.1f  %-*s  %s\n", name_width,
                          figure.name, figure.value, unit_width, figure.unit,
                          figure.remark);
  }
  return out;
}

std::string Report::Json() const {
  std::string out = "{";
  for (const Figure& figure : figures_) {
    absl::StrAppendFormat(&out,
                          "%s\n  \"%s\": {\"value\": %.3f, \"unit\": "
                          "\"%s\"}",
                          out.size() > 1 ? "," : "", figure.name, figure.value,
                          figure.unit);
  }
  return out + "\n}\n";
}

}  // namespace journey::bench
