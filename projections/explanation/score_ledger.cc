#include "projections/explanation/score_ledger.h"

#include "projections/journey_fold.h"
#include "projections/scoring/decay.h"
#include "service/core/limits.h"
#include "service/core/time.h"

namespace journey::projections {

using core::Micros;
using storage::v1::Moment;

void ScoreLedger::Add(const Moment& moment, const std::vector<Award>& awards) {
  for (const Award& award : awards) {
    if (award.kept_points != award.points) NoteCut(moment.at_us(), award);
    if (award.kept_points == 0) continue;
    if (entries_.size() == core::kScoreContributionsMax) LeaveOutOldest();
    entries_.push_back({moment, award});
  }
}

void ScoreLedger::BeginAnew(const Moment& moment) {
  counted_after_ = moment;
  left_out_qualifying_.Clear();
}

bool ScoreLedger::Counts(const Entry& entry) const {
  return !counted_after_.has_value() || Before(*counted_after_, entry.moment);
}

std::vector<Moment> ScoreLedger::Qualifying() const {
  std::vector<Moment> out;
  for (const Entry& entry : entries_) {
    if (Counts(entry)) out.push_back(entry.moment);
  }
  return out;
}

void ScoreLedger::NoteCut(Micros at, const Award& award) {
  Cut& cut = cuts_[score_rules().conditions(award.condition).group()];
  const int points = award.points - award.kept_points;
  const int64_t week = rules_.calendar().WeekOf(at);
  if (cut.weeks == 0 || cut.last_week != week) ++cut.weeks;
  cut.last_week = week;
  cut.points += points;
  AddPoints(points, at, score_rules().half_life_days(), cut.decaying);
}

// Moves the oldest entry into the sums.
void ScoreLedger::LeaveOutOldest() {
  const Entry& oldest = entries_.front();
  const int points = oldest.award.kept_points;
  const Micros at = oldest.moment.at_us();
  const int half_life = score_rules().half_life_days();
  AddPoints(points, at, half_life, left_out_);
  if (Counts(oldest)) {
    AddPoints(points, at, half_life, left_out_qualifying_);
  }
  ++left_out_count_;
  entries_.pop_front();
}

void ScoreLedger::ExplainEntry(const Entry& entry, Micros instant,
                               v1::ScoreContribution& out) const {
  const auto& condition = score_rules().conditions(entry.award.condition);
  const Micros at = entry.moment.at_us();
  *out.mutable_cause()->mutable_touchpoint() = entry.moment.ref();
  *out.mutable_cause()->mutable_occurred_at() = core::ToTimestamp(at);
  out.set_condition_id(condition.id());
  out.set_condition_name(condition.name());
  out.set_points(entry.award.kept_points);
  out.set_points_cut(entry.award.points - entry.award.kept_points);
  out.set_points_left(Decayed(entry.award.kept_points, instant - at,
                              score_rules().half_life_days()));
  out.set_qualifying(Counts(entry));
  out.set_group_id(condition.group());
}

void ScoreLedger::Explain(Micros instant, v1::BehaviourExplanation& out) const {
  for (const Entry& entry : entries_) {
    ExplainEntry(entry, instant, *out.add_contributions());
  }
  const int half_life = score_rules().half_life_days();
  out.set_contributions_left_out(left_out_count_);
  out.set_left_out_points(ScoreAt(left_out_, instant, half_life));
  out.set_left_out_qualifying_points(
      ScoreAt(left_out_qualifying_, instant, half_life));
  for (const v1::ScoreGroup& group : score_rules().groups()) {
    const auto it = cuts_.find(group.id());
    if (it == cuts_.end()) continue;
    const Cut& cut = it->second;
    v1::CapExplanation& cap = *out.add_caps();
    cap.set_group_id(group.id());
    cap.set_cap_points_per_week(group.cap_points_per_week());
    cap.set_weeks_cut(cut.weeks);
    cap.set_points_cut(cut.points);
    cap.set_points_cut_left(ScoreAt(cut.decaying, instant, half_life));
  }
}

}  // namespace journey::projections
