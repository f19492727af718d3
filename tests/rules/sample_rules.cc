#include "tests/rules/sample_rules.h"

#include <gtest/gtest.h>

#include "projections/rules/rules_yaml.h"

namespace journey::testing {

const std::string& SampleRulesYaml() {
  static const auto* const kYaml = new std::string(R"(id: sample
version: 3
time_zone: Europe/Berlin
lifecycle:
  stages:
    - {id: s1, entered_when: first_touchpoint, company_name: A, customer_name: a}
    - {id: s2, entered_when: contact_made, company_name: B, customer_name: b}
    - {id: s3, entered_when: deal_open, company_name: C, customer_name: c}
    - {id: s4, entered_when: first_purchase, company_name: D, customer_name: d}
    - {id: s5, entered_when: purchase_hold_over, company_name: E, customer_name: e}
    - {id: s6, entered_when: later_purchase, company_name: F, customer_name: f}
qualification:
  sql_form_intents: [demo]
pipelines:
  - id: p1
    name: First
    stages:
      - {id: open, name: Open, win_probability_percent: 50, stall_days: 7}
      - {id: won, name: Won, win_probability_percent: 100, stall_days: 7}
  - id: p2
    name: Second
    stages:
      - {id: open, name: Opened, win_probability_percent: 10, stall_days: 9}
stalls:
  unanswered_offer: {days: 21}
  inactive: {}
  slipped: {pushes: 2}
  neglected: {days: 14, severity: critical}
scoring:
  behaviour:
    half_life_days: 30
    mql_threshold: 50
    groups:
      - {id: g1, cap_points_per_week: 20}
    conditions:
      - {id: c1, name: Visit, kind: site_visit, points: 2, group: g1}
      - id: c2
        name: Downloads
        kind: content
        actions: [downloaded]
        direction: inbound
        attributes: [{key: asset, one_of: [paper]}, {key: size, min: 1.5, max: 2}]
        count: {at_least: 2, within_days: 7}
        points: -5
  fit:
    conditions:
      - {id: f1, name: Free mail, attribute: {key: mail_domain, one_of: [a.example]}, points: -20}
)");
  return *kYaml;
}

v1::RuleSet SampleRules() {
  auto rules = projections::ParseRuleSetYaml(SampleRulesYaml(), "sample.yaml");
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *rules;
}

}  // namespace journey::testing
