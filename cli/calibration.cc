#include "cli/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/instants.h"
#include "cli/text.h"
#include "service/core/limits.h"

namespace journey::cli {
namespace {

constexpr double kMicrosPerDay = 86'400e6;
// Means are written to about nine seconds.
constexpr double kPerDay = 10'000;

double MeanDays(double micros, int64_t count) {
  const double days = micros / kMicrosPerDay / static_cast<double>(count);
  return std::round(days * kPerDay) / kPerDay;
}

int ToInt(int64_t count) {
  return static_cast<int>(
      std::min<int64_t>(count, std::numeric_limits<int>::max()));
}

bool IsRuleId(const std::string& id) {
  return !id.empty() && id.size() <= core::kRuleIdBytesMax &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) ||
                  c == '-' || c == '_';
         });
}

bool IsBaseline(const v1::PipelineStage& stage) {
  const double mean_days = stage.baseline().mean_days();
  return IsRuleId(stage.id()) && mean_days > 0 &&
         mean_days <= core::kRuleDaysMax;
}

void PrintYaml(const v1::PipelineStage& stage, bool is_comment,
               std::ostream& out) {
  const char* comment = is_comment ? "# " : "";
  out << "      " << comment << "- id: " << Printable(stage.id()) << "\n"
      << "      " << comment << "  baseline: {mean_days: "
      << absl::StrCat(stage.baseline().mean_days())
      << ", visits: " << stage.baseline().visits() << "}\n";
}

}  // namespace

void Calibration::Add(const v1::Deal& deal) {
  ++deal_count_;
  int64_t place = 0;
  for (const v1::DealStageVisit& visit : deal.stage_history()) {
    ++place;
    if (!visit.has_left_at()) continue;
    Visits& visits = stages_[{deal.pipeline_id(), visit.stage_id()}];
    ++visits.count;
    visits.places += place;
    visits.micros += static_cast<double>(ToMicros(visit.left_at()) -
                                         ToMicros(visit.entered_at()));
  }
}

std::vector<v1::PipelineRules> Calibration::Pipelines() const {
  std::vector<v1::PipelineRules> out;
  std::vector<std::pair<double, v1::PipelineStage>> stages;
  for (auto it = stages_.begin(); it != stages_.end();) {
    const auto& [ids, visits] = *it;
    const auto count = static_cast<double>(visits.count);
    auto& [place, stage] = stages.emplace_back();
    place = static_cast<double>(visits.places) / count;
    stage.set_id(ids.second);
    stage.mutable_baseline()->set_mean_days(
        MeanDays(visits.micros, visits.count));
    stage.mutable_baseline()->set_visits(ToInt(visits.count));
    const std::string& pipeline_id = ids.first;
    if (++it != stages_.end() && it->first.first == pipeline_id) continue;
    std::stable_sort(
        stages.begin(), stages.end(),
        [](const auto& a, const auto& b) { return a.first < b.first; });
    v1::PipelineRules& pipeline = out.emplace_back();
    pipeline.set_id(pipeline_id);
    for (auto& entry : stages) *pipeline.add_stages() = std::move(entry.second);
    stages.clear();
  }
  return out;
}

void PrintBaselines(const std::vector<v1::PipelineRules>& pipelines,
                    std::ostream& out) {
  Table table({"PIPELINE", "STAGE", ">VISITS", ">MEAN DAYS"});
  for (const v1::PipelineRules& pipeline : pipelines) {
    for (const v1::PipelineStage& stage : pipeline.stages()) {
      table.AddRow({pipeline.id(), stage.id(),
                    FormatCount(stage.baseline().visits()),
                    absl::StrFormat("%.1f", stage.baseline().mean_days())});
    }
  }
  table.Print(out);
}

void PrintBaselinesYaml(const std::vector<v1::PipelineRules>& pipelines,
                        std::ostream& out) {
  out << "pipelines:\n";
  for (const v1::PipelineRules& pipeline : pipelines) {
    const bool is_comment = !IsRuleId(pipeline.id()) ||
                            std::none_of(pipeline.stages().begin(),
                                         pipeline.stages().end(), IsBaseline);
    const char* comment = is_comment ? "# " : "";
    out << "  " << comment << "- id: " << Printable(pipeline.id()) << "\n  "
        << comment << "  stages:\n";
    for (const v1::PipelineStage& stage : pipeline.stages()) {
      PrintYaml(stage, is_comment || !IsBaseline(stage), out);
    }
  }
}

}  // namespace journey::cli
